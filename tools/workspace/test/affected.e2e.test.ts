import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('../../../', import.meta.url).pathname;

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly nx?: {
    readonly targets?: Readonly<Record<string, unknown>>;
    readonly implicitDependencies?: readonly string[];
  };
}

const projects = globSync('{sql,apps/*,libs/*,tools/*,tools/emulators/*}/package.json', {
  cwd: root,
}).map((path) => ({
  folder: dirname(path),
  ...(JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest),
}));

/** The project in the folder and all that depend on it, directly or through others, with a test. */
function dependentsOf(folder: string): string[] {
  const found = new Set(projects.filter((each) => each.folder === folder).map(({ name }) => name));
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { name, dependencies, devDependencies, nx } of projects) {
      const needs = [
        ...Object.keys({ ...dependencies, ...devDependencies }),
        ...(nx?.implicitDependencies ?? []),
      ];
      if (needs.some((need) => found.has(need))) found.add(name);
    }
  }
  return projects
    .filter(({ name, nx }) => found.has(name) && nx?.targets?.test !== undefined)
    .map(({ name }) => name)
    .sort();
}

/** What `nx affected -t test` runs after these files have changed. */
function affectedBy(file: string): string[] {
  const args = ['show', 'projects', '--affected', '--withTarget=test', '--json', '--files', file];
  // The plugins in the process itself: the answer is the same, in a third of the time.
  const nx = { NX_DAEMON: 'false', NX_TUI: 'false', NX_ISOLATE_PLUGINS: 'false' };
  const env = { ...process.env, ...nx };
  const printed = execFileSync('nx', args, { cwd: root, env, encoding: 'utf8' });
  return (JSON.parse(printed) as string[]).sort();
}

test.for([
  ['libs/publisher/src/publisher.ts', 'libs/publisher'],
  ['libs/client/src/index.ts', 'libs/client'],
  ['apps/checker/src/main.ts', 'apps/checker'],
  ['sql/postgres/migrations/0001_dm_conversations_mirror.sql', 'sql'],
] as const)(
  'a change of %s runs the tests of its project and of its dependents only',
  ([file, folder]) => {
    expect(affectedBy(file)).toEqual(dependentsOf(folder));
  },
);

test('a change of a document runs what reads documents, and no library', () => {
  const affected = affectedBy('docs/tutorials/add-an-entity.md');
  expect(affected).toContain('@ayna/docs');
  const libraries = projects.filter(({ folder }) => folder.startsWith('libs/'));
  expect(libraries.filter(({ name }) => affected.includes(name))).toEqual([]);
});

test.for([
  'apps/hub/src/main.ts',
  'libs/consistency/src/drift-metrics.ts',
  'docs/telemetry.md',
  '.github/workflows/ci.yml',
  '.dockerignore',
])('a change of %s runs the tests of what is deployed', (file) => {
  expect(affectedBy(file)).toContain('@ayna/deploy');
});

test('a change of an example runs the test that installs it', () => {
  expect(affectedBy('examples/custom-store/main.ts')).toEqual(['@ayna/packages']);
});
