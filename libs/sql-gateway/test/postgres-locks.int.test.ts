import { dmMessage, entities } from '@ayna/contract';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  migrate,
  openDatabase,
  openMirrorStore,
  type Database,
  type MirrorStore,
} from '../src/index.ts';
import { runSql } from '../src/run-sql.ts';
import { postgresDatabase, type PostgresDatabase } from './postgres-database.ts';
import { messageChange, messageColumns, messageDeletion } from './sample-changes.ts';

let postgres: PostgresDatabase;
let database: Database;
let store: MirrorStore;

beforeAll(async () => {
  postgres = await postgresDatabase();
  database = openDatabase({ url: postgres.url });
  store = openMirrorStore({ database, entities });
  await migrate(database);
});
afterAll(async () => {
  await database.close();
  await postgres[Symbol.asyncDispose]();
});

/** Writes version 20 of a message in a transaction that stays open. */
async function openWriter(messageId: string): Promise<pg.Client> {
  const client = new pg.Client(postgres.url);
  await client.connect();
  await client.query('BEGIN');
  const event = {
    conversation_id: 'c1',
    message_id: messageId,
    source_version: '20',
    event_id: 'the other writer',
  };
  await client.query('SELECT sp_store_mirror_upsert_dm_message($1)', [JSON.stringify([event])]);
  return client;
}

/** Resolves when a statement waits for a lock. */
async function somebodyWaits(): Promise<void> {
  const waiting = `SELECT count(*)::int AS waiting FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database()`;
  let seen = 0;
  while (seen === 0) {
    const [row] = await runSql<{ readonly waiting: number }>(database.kysely, waiting);
    seen = row?.waiting ?? 0;
  }
}

test.each([
  ['commits', 'COMMIT', 10, 'stale'],
  ['commits', 'COMMIT', 20, 'duplicate'],
  ['commits', 'COMMIT', 30, 'applied'],
  ['rolls back', 'ROLLBACK', 10, 'applied'],
])(
  'a writer that waited for one that then %s says what really became of its change (%s, version %i: %s)',
  async (_, end, version, outcome) => {
    for (const exists of [false, true]) {
      const id = `waited-${end}-${version}-${exists}`;
      if (exists) await store.apply([messageChange(id, 5)]);
      const other = await openWriter(id);
      const waiting = store.apply([messageChange(id, version), messageChange(`${id}+`, 1)]);
      await somebodyWaits();
      await other.query(end);
      await other.end();
      expect(await waiting).toEqual([outcome, 'applied']);
    }
  },
);

test('a stale or repeated change leaves the row where it is', async () => {
  const place = () =>
    runSql(database.kysely, "SELECT ctid::text FROM dm_messages_mirror WHERE message_id = 'still'");
  await store.apply([messageChange('still', 20)]);
  const before = await place();
  await store.apply([messageChange('still', 20), messageChange('still', 10)]);
  await store.apply([messageDeletion('still', 10)]);
  expect(await place()).toEqual(before);
});

test('a tombstone keeps nothing of the document, by either procedure', async () => {
  const media = { some: 'thing' };
  const columns = messageColumns({ media });
  await store.apply([
    messageChange('wiped1', 1, { columns }),
    messageChange('wiped2', 1, { columns }),
  ]);
  await store.apply([messageDeletion('wiped1', 2)]);
  await store.apply([messageDeletion('wiped2', 2), messageChange('beside', 1)]);
  const rows = await runSql(
    database.kysely,
    `SELECT DISTINCT author_id, body, media, created_at, updated_at FROM dm_messages_mirror
     WHERE message_id IN ('wiped1', 'wiped2')`,
  );
  expect(rows).toEqual([
    { author_id: null, body: null, media: null, created_at: null, updated_at: null },
  ]);
});

test('a statement that waits too long for a lock is cancelled, and heals', async () => {
  const other = await openWriter('locked');
  await using impatient = openDatabase({ url: postgres.url, statementTimeoutMs: 200 });
  const hurried = openMirrorStore({ database: impatient, entities });
  await expect(hurried.apply([messageChange('locked', 30)])).rejects.toMatchObject({
    code: 'SqlUnavailable',
  });
  await other.query('ROLLBACK');
  await other.end();
  expect(await hurried.apply([messageChange('locked', 30)])).toEqual(['applied']);
});

test('names the right that is missing', async () => {
  await runSql(database.kysely, 'DROP ROLE IF EXISTS ayna_test_reader');
  await runSql(database.kysely, "CREATE ROLE ayna_test_reader LOGIN PASSWORD 'reader'");
  await runSql(database.kysely, 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO ayna_test_reader');
  const url = Object.assign(new URL(postgres.url), {
    username: 'ayna_test_reader',
    password: 'reader',
  });
  {
    await using reader = openDatabase({ url: url.href });
    const readOnly = openMirrorStore({ database: reader, entities });
    expect(await readOnly.count(dmMessage)).toBeGreaterThan(0);
    await expect(readOnly.verifySchema()).rejects.toMatchObject({
      code: 'SqlSchemaInvalid',
      message: 'dm.conversation: no right to read and write "dm_conversations_mirror"',
    });
    await expect(readOnly.apply([messageChange('x', 1)])).rejects.toMatchObject({
      code: 'SqlSchemaInvalid',
    });
  }
  await runSql(database.kysely, 'DROP OWNED BY ayna_test_reader');
  await runSql(database.kysely, 'DROP ROLE ayna_test_reader');
});

test('reads exact values through kysely: integers, decimals and times as text', async () => {
  const [row] = await runSql(
    database.kysely,
    `SELECT 9223372036854775807::bigint AS large, 0.10::numeric AS decimal,
       timestamptz '2026-01-02 03:04:05.6+00' AS at, timestamp '2026-01-02 03:04:05' AS local,
       date '2026-01-02' AS day, timestamptz 'infinity' AS never, '{"a":1}'::jsonb AS json,
       timestamptz '0001-01-01 00:00:00+00' AS first, true AS yes, 7 AS seven`,
  );
  expect(row).toEqual({
    large: '9223372036854775807',
    decimal: '0.10',
    at: '2026-01-02T03:04:05.600000Z',
    local: '2026-01-02T03:04:05.000000',
    day: '2026-01-02',
    never: 'infinity',
    json: { a: 1 },
    first: '0001-01-01T00:00:00.000000Z',
    yes: true,
    seven: 7,
  });
});
