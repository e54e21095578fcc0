import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { publicPackages } from '../src/public-packages.ts';

const packages = await publicPackages();

test('every library is public', () => {
  expect(packages.filter(({ folder }) => folder.startsWith('libs/')).length).toBeGreaterThan(10);
});

describe.each(packages)('the tarball of $name', ({ tarball, subpaths }) => {
  const list = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
  const text = execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], {
    encoding: 'utf8',
  });
  const manifest = JSON.parse(text) as Record<string, unknown>;

  test('has a README, a licence, and says what it is', () => {
    expect(list).toEqual(expect.arrayContaining(['package/README.md', 'package/LICENSE']));
    expect(manifest).toMatchObject({
      description: expect.stringMatching(/./) as string,
      keywords: expect.arrayContaining(['ayna']) as string[],
      license: 'MIT',
      engines: { node: '>=22.18' },
    });
  });

  test('leads nobody to our sources, and needs no workspace', () => {
    expect(text).not.toMatch(/@ayna\/source|workspace:|catalog:/);
    expect(list.filter((file) => /\/src\/|\.test\.|tsconfig|vitest/.test(file))).toEqual([]);
  });

  test('is public on npm, and shares with the program that uses it what has to be one copy', () => {
    expect(manifest).toMatchObject({ publishConfig: { access: 'public' } });
    expect(manifest).not.toHaveProperty('devDependencies');
    const asked = { ...(manifest.dependencies as Record<string, string> | undefined) };
    for (const name of ['@opentelemetry/api', 'firebase-admin', 'kysely', 'zod']) {
      expect(asked[name] ?? '^').toMatch(/^[\^~>]/);
    }
  });

  test.runIf(list.includes('package/dist/main.js'))('can be started by npx', () => {
    const program = execFileSync('tar', ['-xzOf', tarball, 'package/dist/main.js'], {
      encoding: 'utf8',
    });
    expect(Object.values(manifest.bin ?? {})).toEqual(['./dist/main.js']);
    expect(program).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test('has types for every subpath', () => {
    for (const target of Object.values(manifest.exports as Record<string, { types: string }>)) {
      expect(list).toContain(`package/${target.types.slice(2)}`);
    }
    expect(subpaths).not.toEqual([]);
  });
});
