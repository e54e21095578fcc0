import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startPostgres } from '../src/index.ts';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('starts a real PostgreSQL, keeps its data directory, and starts on it again', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'ayna-test-'));
  try {
    for (const expected of [[{ durable: 'off' }], [{ durable: 'on' }]]) {
      await using database = await startPostgres({
        dataDirectory,
        durable: expected[0]?.durable === 'on',
      });
      const rows = await query(database.url, "SELECT current_setting('fsync') AS durable");
      expect(rows).toEqual(expected);
    }
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
});

test('says why it did not start', async () => {
  await expect(startPostgres({ settings: { no_such_setting: '1' } })).rejects.toThrow(
    /no_such_setting/,
  );
});

test.for(['fast', 'immediate'] as const)(
  'keeps its port and every commit through a stop that is %s',
  async (how) => {
    await using server = await startPostgres({ durable: true });
    await query(server.url, 'CREATE TABLE notes (id int)');
    await query(server.url, 'INSERT INTO notes VALUES (1)');
    await server.stop(how);
    await expect(query(server.url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.start();
    expect(await query(server.url, 'SELECT id FROM notes')).toEqual([{ id: 1 }]);
  },
);
