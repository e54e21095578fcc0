import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startPglite } from '../src/index.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ayna-cluster-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function ask(statement: string): Promise<unknown[]> {
  await using database = await startPglite({ dataDirectory: directory });
  const client = new pg.Client(database.url);
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(statement);
  await client.end();
  return rows;
}

test('a database in an empty directory keeps what it holds', async () => {
  await ask("CREATE TABLE notes AS SELECT 'kept' AS body");
  expect(await ask('SELECT body FROM notes')).toEqual([{ body: 'kept' }]);
});

test('a database of which the making was cut short is made anew', async () => {
  await mkdir(join(directory, 'base'));
  await writeFile(join(directory, 'base', 'half'), '');
  await mkdir(join(directory, '.pglite-unpacked'));
  expect(await ask('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(await readdir(directory)).not.toContain('.pglite-unpacked');
  expect(await readdir(join(directory, 'base'))).not.toContain('half');
});

test.for(['letters.txt', 'base'])(
  'a directory that holds something else (%s) is refused by name, and left as it is',
  async (name) => {
    await writeFile(join(directory, name), 'mine');
    await expect(startPglite({ dataDirectory: directory })).rejects.toThrow(
      `holds something else ("${name}"): name an empty directory`,
    );
    expect(await readdir(directory)).toEqual([name]);
    expect(await readFile(join(directory, name), 'utf8')).toBe('mine');
  },
);

test('the server and its data are of one version of PostgreSQL, in UTF-8', async () => {
  expect(
    await ask(
      "SELECT current_setting('server_encoding') AS encoding, current_setting('server_version_num')::int / 10000 AS major",
    ),
  ).toEqual([{ encoding: 'UTF8', major: 18 }]);
});
