import { describe, expect, it } from 'vitest';
import { npmLock } from '../src/firebase/npm-lock.ts';
import type { PnpmLock, Snapshot } from '../src/firebase/pnpm-lock.ts';

const manifest = { name: 'bundle', version: '0.0.0', dependencies: { a: '1.0.0' } };
const direct = new Map([['a', { key: 'a@1.0.0', bin: {} }]]);

function lockOf(snapshots: Record<string, Snapshot>): PnpmLock {
  const packages = Object.keys(snapshots).map((key) => [
    key.replace(/\(.*/, ''),
    { resolution: { integrity: `sha512-${key}` } },
  ]);
  return {
    lockfileVersion: '9.0',
    importers: {},
    packages: Object.fromEntries(packages) as PnpmLock['packages'],
    snapshots,
  };
}

function packagesOf(snapshots: Record<string, Snapshot>): Record<string, Record<string, unknown>> {
  const lock = npmLock(lockOf(snapshots), manifest, direct) as {
    packages: Record<string, Record<string, unknown>>;
  };
  return lock.packages;
}

describe('the lockfile of a bundle', () => {
  it('names for each package the version, the place in the registry and the hash', () => {
    expect(packagesOf({ 'a@1.0.0': {} })['node_modules/a']).toEqual({
      version: '1.0.0',
      resolved: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz',
      integrity: 'sha512-a@1.0.0',
    });
  });

  it('puts a package once at the top and another version of it below the one that needs it', () => {
    const packages = packagesOf({
      'a@1.0.0': { dependencies: { b: '1.0.0', c: '1.0.0' } },
      'b@1.0.0': {},
      'b@2.0.0': {},
      'c@1.0.0': { dependencies: { b: '2.0.0' } },
    });
    expect(packages['node_modules/b']).toMatchObject({ version: '1.0.0' });
    expect(packages['node_modules/c/node_modules/b']).toMatchObject({ version: '2.0.0' });
    expect(packages['node_modules/c']).toMatchObject({ dependencies: { b: '2.0.0' } });
  });

  it('ends where packages depend on each other in a circle', () => {
    const packages = packagesOf({
      'a@1.0.0': { dependencies: { b: '1.0.0' } },
      'b@1.0.0': { dependencies: { a: '1.0.0' } },
    });
    expect(Object.keys(packages)).toEqual(['', 'node_modules/a', 'node_modules/b']);
  });

  it('marks as optional only what no other package requires', () => {
    const packages = packagesOf({
      'a@1.0.0': { optionalDependencies: { b: '1.0.0', d: '1.0.0' }, dependencies: { c: '1.0.0' } },
      'b@1.0.0': {},
      'c@1.0.0': { dependencies: { d: '1.0.0' } },
      'd@1.0.0': { dependencies: { e: '1.0.0' } },
      'e@1.0.0': {},
    });
    expect(packages['node_modules/b']).toMatchObject({ optional: true });
    expect(packages['node_modules/d']).not.toHaveProperty('optional');
    expect(packages['node_modules/e']).not.toHaveProperty('optional');
  });

  it('keeps a package under the name that it is used by', () => {
    const packages = packagesOf({
      'a@1.0.0': { dependencies: { old: 'b@1.0.0' } },
      'b@1.0.0': {},
    });
    expect(packages['node_modules/old']).toMatchObject({ name: 'b', version: '1.0.0' });
    expect(packages['node_modules/a']).toMatchObject({ dependencies: { old: 'npm:b@1.0.0' } });
  });

  it('is refused for a package that pnpm-lock.yaml does not know', () => {
    expect(() => packagesOf({ 'a@1.0.0': { dependencies: { b: '1.0.0' } } })).toThrow(
      'pnpm-lock.yaml does not know b@1.0.0',
    );
  });
});
