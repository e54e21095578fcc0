import { AynaError } from '@ayna/contract';
import { build, type Plugin } from 'esbuild';
import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { npmLock, type DirectDependency } from './npm-lock.ts';
import { nameAndVersion, readPnpmLock, snapshotKey, type PnpmLock } from './pnpm-lock.ts';

export interface BundleOptions {
  /** The root of the workspace. */
  readonly root: string;
  /** The folder of the app below the root, whose `src/index.ts` exports the functions. */
  readonly app: string;
  /** The codebase of Firebase that the functions belong to. */
  readonly codebase: string;
  /** Where the bundle is put; what is there is replaced. */
  readonly directory: string;
}

/** Functions with all code of the workspace that they need, as Firebase takes them. */
export interface FunctionsBundle {
  /** With `firebase.json` in it. */
  readonly directory: string;
  /** With `index.js`, `package.json` and `package-lock.json` in it. */
  readonly functionsDirectory: string;
  /** The packages that it depends on, by name, and where the workspace has them installed. */
  readonly installed: ReadonlyMap<string, string>;
  /** Size of `index.js`. */
  readonly bytes: number;
}

/** The Node of Cloud Functions that the bundles are made for. */
const NODE_MAJOR = 24;

/** What Cloud Functions starts functions with. It brings one of its own when a bundle has none. */
const FRAMEWORK = '@google-cloud/functions-framework';

/**
 * Makes the folder that `firebase deploy` takes: the app and all code of the workspace it uses in
 * one file, a `package.json` that names the packages of the registry with exact versions, and a
 * `package-lock.json` with what the workspace was tested with. The same sources make the same bytes,
 * so Firebase sees when a function has not changed.
 *
 * @throws AynaError `ArtefactInvalid` when the code cannot be bundled or a package is not locked
 */
export async function bundleFunctions(options: BundleOptions): Promise<FunctionsBundle> {
  const { root, app, codebase, directory } = options;
  const functionsDirectory = join(directory, 'functions');
  await rm(directory, { recursive: true, force: true });
  await mkdir(functionsDirectory, { recursive: true });
  const { bytes, imports } = await bundleCode(join(root, app, 'src/index.ts'), functionsDirectory);
  imports.set(FRAMEWORK, new Set([join(root, 'tools/deploy')]));
  const lock = await readPnpmLock(root);
  const direct = new Map<string, DirectDependency>();
  const installed = new Map<string, string>();
  for (const [name, importers] of [...imports].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { key, path } = await locate(root, lock, name, importers);
    direct.set(name, { key, bin: await programsOf(name, path) });
    installed.set(name, path);
  }
  const manifest = {
    name: `ayna-${codebase}`,
    version: '0.0.0',
    private: true,
    type: 'module',
    main: 'index.js',
    engines: { node: String(NODE_MAJOR) },
    dependencies: Object.fromEntries(
      [...direct].map(([name, { key }]) => [name, nameAndVersion(key).version]),
    ),
  };
  await writeJson(join(functionsDirectory, 'package.json'), manifest);
  await writeJson(join(functionsDirectory, 'package-lock.json'), npmLock(lock, manifest, direct));
  await writeJson(join(directory, 'firebase.json'), {
    functions: [
      {
        codebase,
        source: 'functions',
        runtime: `nodejs${NODE_MAJOR}`,
        disallowLegacyRuntimeConfig: true,
        ignore: ['node_modules', '*.log'],
      },
    ],
  });
  return { directory, functionsDirectory, installed, bytes };
}

/** The packages that a bundle imports, by name, and the folders of who imports them. */
type Imports = Map<string, Set<string>>;

async function bundleCode(
  entry: string,
  directory: string,
): Promise<{ readonly bytes: number; readonly imports: Imports }> {
  const seen: Imports = new Map();
  try {
    const { metafile } = await build({
      entryPoints: [entry],
      outfile: join(directory, 'index.js'),
      metafile: true,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: `node${NODE_MAJOR}`,
      conditions: ['@ayna/source'],
      plugins: [packagesOutside(seen)],
      legalComments: 'none',
      logLevel: 'silent',
    });
    const [output] = Object.values(metafile.outputs);
    const kept = new Set(output?.imports.map(({ path }) => packageOf(path)));
    return {
      bytes: output?.bytes ?? 0,
      imports: new Map([...seen].filter(([name]) => kept.has(name))),
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AynaError('ArtefactInvalid', `${entry} cannot be bundled: ${why}`, { cause });
  }
}

/** `@scope/name/part` -> `@scope/name`. */
function packageOf(path: string): string {
  return path.split('/', path.startsWith('@') ? 2 : 1).join('/');
}

/** Leaves the packages of the registry to npm, and notes which they are and who imports them. */
function packagesOutside(imports: Imports): Plugin {
  return {
    name: 'packages-outside',
    setup(building) {
      building.onResolve({ filter: /^[^./]/ }, ({ path, resolveDir, kind }) => {
        if (kind === 'entry-point' || path.startsWith('@ayna/')) return undefined;
        if (!path.startsWith('node:') && !builtinModules.includes(path)) {
          const name = packageOf(path);
          imports.set(name, (imports.get(name) ?? new Set()).add(resolveDir));
        }
        return { path, external: true };
      });
    },
  };
}

/** Where a package is, and its key in the lockfile; the same for all who import it. */
async function locate(
  root: string,
  lock: PnpmLock,
  name: string,
  importers: ReadonlySet<string>,
): Promise<{ readonly key: string; readonly path: string }> {
  const found = new Map<string, string>();
  for (const directory of importers) {
    const owner = await ownerOf(directory);
    const importer = lock.importers[relative(root, owner)];
    const version = (importer?.dependencies?.[name] ?? importer?.devDependencies?.[name])?.version;
    if (version === undefined) {
      throw new AynaError(
        'ArtefactInvalid',
        `${relative(root, owner)} imports ${name}, which its package.json does not name`,
      );
    }
    found.set(snapshotKey(name, version), await realpath(join(owner, 'node_modules', name)));
  }
  const [first, second] = [...found];
  if (!first || second) {
    throw new AynaError(
      'ArtefactInvalid',
      `the workspace has several versions of ${name}: ${[...found.keys()].join(', ')}`,
    );
  }
  return { key: first[0], path: first[1] };
}

/** The folder of the package that a file is in. */
async function ownerOf(directory: string): Promise<string> {
  for (let at = await realpath(directory); ; at = dirname(at)) {
    const isOwner = await readFile(join(at, 'package.json')).then(
      () => true,
      () => false,
    );
    if (isOwner || at === dirname(at)) return at;
  }
}

async function programsOf(name: string, path: string): Promise<Record<string, string>> {
  const { bin = {} } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as {
    readonly bin?: string | Record<string, string>;
  };
  return typeof bin === 'string' ? { [name.split('/').at(-1) ?? name]: bin } : bin;
}

function writeJson(path: string, value: object): Promise<void> {
  return writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
