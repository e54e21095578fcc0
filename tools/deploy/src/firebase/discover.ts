import { AynaError } from '@ayna/contract';
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FunctionsBundle } from './bundle.ts';

/** What Firebase finds out about functions by loading them, as far as it is looked at here. */
export interface FunctionsManifest {
  readonly endpoints: Readonly<Record<string, Endpoint>>;
}

export interface Endpoint {
  readonly region?: readonly string[];
  readonly availableMemoryMb?: number | null;
  readonly concurrency?: number | null;
  readonly minInstances?: number | null;
  readonly maxInstances?: number | null;
  readonly timeoutSeconds?: number | null;
  readonly secretEnvironmentVariables?: readonly { readonly key: string }[];
  readonly eventTrigger?: {
    readonly eventType: string;
    readonly eventFilterPathPatterns?: Readonly<Record<string, string>>;
    readonly retry: boolean;
  };
  readonly callableTrigger?: object;
}

/**
 * Loads the functions of a bundle as `firebase deploy` does, by the program of `firebase-functions`,
 * in a folder outside the workspace and with the packages that the workspace has installed.
 *
 * @param settings all that the functions find in their environment: no secret, no credentials
 * @throws AynaError `ArtefactInvalid` with what the program said, when they do not load
 */
export async function discoverFunctions(
  bundle: FunctionsBundle,
  settings: Readonly<Record<string, string>>,
): Promise<FunctionsManifest> {
  const directory = await mkdtemp(join(tmpdir(), 'ayna-functions-'));
  try {
    await cp(bundle.functionsDirectory, directory, { recursive: true });
    for (const [name, path] of bundle.installed) {
      const link = join(directory, 'node_modules', name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(path, link, 'dir');
    }
    return await manifestOf(directory, settings);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * As `discoverFunctions`, for a folder where the packages are installed.
 *
 * @throws AynaError `ArtefactInvalid` with what the program said
 */
export async function manifestOf(
  directory: string,
  settings: Readonly<Record<string, string>>,
): Promise<FunctionsManifest> {
  const output = join(directory, 'functions.json');
  const program = join(directory, 'node_modules/firebase-functions/lib/bin/firebase-functions.js');
  const { code, said } = await new Promise<{ code: number | null; said: string }>(
    (resolve, reject) => {
      const child = spawn(process.execPath, [program], {
        cwd: directory,
        env: { ...settings, FUNCTIONS_MANIFEST_OUTPUT_PATH: output },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, said }));
    },
  );
  if (code !== 0) {
    throw new AynaError('ArtefactInvalid', `the functions do not load:\n${said.trim()}`);
  }
  return JSON.parse(await readFile(output, 'utf8')) as FunctionsManifest;
}
