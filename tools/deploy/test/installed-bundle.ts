import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';
import { bundleFunctions } from '../src/firebase/bundle.ts';

const run = promisify(execFile);

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A bundle, installed by npm in a folder of its own outside the repository. */
export interface InstalledBundle extends AsyncDisposable {
  readonly directory: string;
  /** The packages that stand at the top, and those that somebody needs and nobody has installed. */
  listPackages(): Promise<{ readonly installed: string[]; readonly missing: string[] }>;
  /** Starts one of the functions as Cloud Functions does, with nothing else in its environment. */
  serve(
    target: string,
    signature: 'cloudevent' | 'http',
    env: Readonly<Record<string, string>>,
  ): Promise<ServedFunction>;
}

interface ServedFunction extends AsyncDisposable {
  readonly url: string;
  /** What it has written so far. */
  log(): string;
}

/** Bundles an app, moves the bundle away from the repository, and lets npm install what it names. */
export async function installBundle(app: string, codebase: string): Promise<InstalledBundle> {
  const home = await mkdtemp(join(tmpdir(), `ayna-${codebase}-`));
  const built = await bundleFunctions({ root, app, codebase, directory: join(home, 'bundle') });
  const directory = join(home, 'installed');
  await cp(built.functionsDirectory, directory, { recursive: true });
  await rm(built.directory, { recursive: true });
  const npm = await npmEnvironment(home);
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: directory, env: npm });
  return {
    directory,
    async listPackages() {
      // It ends with 1 for a package that is newer than a peer has ever seen, which pnpm allows too.
      const listing = run('npm', ['ls', '--all', '--json'], { cwd: directory, env: npm });
      const { stdout } = await listing.catch((error: unknown) => error as { stdout: string });
      const { dependencies, problems = [] } = JSON.parse(stdout) as {
        readonly dependencies: object;
        readonly problems?: string[];
      };
      const missing = problems.filter((problem) => /^(missing|extraneous)/.test(problem));
      return { installed: Object.keys(dependencies), missing };
    },
    serve: (target, signature, env) =>
      serveFunction(directory, {
        ...env,
        HOME: home,
        FUNCTION_TARGET: target,
        FUNCTION_SIGNATURE_TYPE: signature,
      }),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}

/**
 * An npm that has never run: no settings, no cache. How this machine reaches the registry (address,
 * proxy, certificates) it has to be told.
 */
async function npmEnvironment(home: string): Promise<NodeJS.ProcessEnv> {
  const { stdout } = await run('npm', ['config', 'get', 'registry'], { cwd: tmpdir() });
  return {
    ...process.env,
    HOME: home,
    npm_config_registry: stdout.trim(),
    npm_config_cache: join(home, 'cache'),
    npm_config_userconfig: join(home, '.npmrc'),
  };
}

async function serveFunction(
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<ServedFunction> {
  const port = await freePort();
  const program = join(directory, 'node_modules/.bin/functions-framework');
  const child = spawn(process.execPath, [program], {
    cwd: directory,
    env: { ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const closed = once(child, 'close');
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(
    async () => {
      expect(child.exitCode, log).toBeNull();
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.destroy();
    },
    { timeout: 60_000, interval: 100 },
  );
  return {
    url,
    log: () => log,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
