import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeSboms } from '../src/sbom/write-sboms.ts';

/** What the tests read of a CycloneDX document. */
interface Sbom {
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly Component[];
}
interface Component {
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly {
    readonly license?: { readonly id?: string; readonly name?: string };
    readonly expression?: string;
  }[];
}

/**
 * Licences under which a dependency may be shipped: those that ask for no more than to be named.
 * Each of them is a licence as SPDX knows it.
 */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
]);

/** Packages that do not say their licence where it can be read, and what it is. */
const READ_BY_HAND = new Map([['limiter@1.1.5', 'MIT']]); // in its LICENSE.txt

let folder = '';
const sboms = new Map<string, { readonly text: string; readonly sbom: Sbom }>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ayna-sbom-'));
  await writeSboms(folder);
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name), 'utf8');
    sboms.set(name, { text, sbom: JSON.parse(text) as Sbom });
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe('the bills of materials', () => {
  test('are there for the repository and for each app', async () => {
    const apps = await readdir(new URL('../../../apps', import.meta.url));
    expect([...sboms.values()].map(({ sbom }) => sbom.metadata.component.name).sort()).toEqual(
      ['ayna', ...apps.map((app) => (app === 'gateway' ? 'gateway-functions' : app))].sort(),
    );
  });

  test('are CycloneDX to the letter', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    for (const [name, { text }] of sboms) {
      expect(await validator.validate(text), name).toBeNull();
    }
  });

  test('of an app name what it ships, and not what tests it', () => {
    const names = (file: string) => sboms.get(file)?.sbom.components.map(nameOf) ?? [];
    expect(names('ayna-writer.cdx.json')).toEqual(
      expect.arrayContaining(['@ayna/processor', '@azure/service-bus', 'mssql', 'pg']),
    );
    expect(names('ayna-writer.cdx.json')).not.toEqual(
      expect.arrayContaining(['@ayna/emulator-sql']),
    );
    expect(names('ayna.cdx.json')).toEqual(expect.arrayContaining(['vitest', 'typescript']));
  });

  test('name no dependency of an app under a licence that is not allowed', () => {
    const others = [...sboms]
      .filter(([name]) => name !== 'ayna.cdx.json')
      .flatMap(([, { sbom }]) => sbom.components)
      .filter((component) => !isAllowed(component));
    expect(others.map((component) => `${nameOf(component)}@${component.version}`)).toEqual([]);
  });
});

function isAllowed(component: Component): boolean {
  const known = READ_BY_HAND.get(`${nameOf(component)}@${component.version}`);
  const licenses =
    known === undefined
      ? (component.licenses ?? []).map(
          ({ license, expression }) => license?.id ?? license?.name ?? expression ?? '',
        )
      : [known];
  return licenses.length > 0 && licenses.every((license) => ALLOWED.has(license));
}

function nameOf({ group, name }: Component): string {
  return group === undefined ? name : `${group}/${name}`;
}
