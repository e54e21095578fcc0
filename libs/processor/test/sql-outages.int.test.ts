import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entities } from '@ayna/contract';
import { startPostgres, type RunningDatabase } from '@ayna/emulator-sql';
import { createLogger } from '@ayna/platform';
import { migrate, openDatabase, openMirrorStore, type MirrorStore } from '@ayna/sql-gateway';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import {
  EVENTUALLY,
  messageOf,
  openMirror,
  settled,
  type MirrorUnderTest,
} from './mirror-under-test.ts';

const MESSAGES = 200;

let dataDirectory: string;
let server: RunningDatabase;
beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'ayna-sql-outages-'));
  server = await startPostgres({ dataDirectory });
  await using database = openDatabase({ url: server.url });
  await migrate(database);
});
afterAll(async () => {
  await server.close();
  await rm(dataDirectory, { recursive: true, force: true });
});
beforeEach(() => operate('TRUNCATE dm_messages_mirror'));

/** What an operator does, on a connection that is closed by what it gives back. */
async function operate(...statements: string[]): Promise<() => Promise<void>> {
  const client = new pg.Client(server.url);
  client.on('error', () => undefined);
  await client.connect();
  for (const statement of statements) await client.query(statement);
  return () => client.end();
}

const KICK_ALL =
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ayna'";

/** How SQL goes away and comes back. */
const outages: Readonly<Record<string, () => Promise<() => Promise<unknown>>>> = {
  'a server that is stopped': async () => {
    await server.close();
    return async () => (server = await startPostgres({ dataDirectory, port: server.port }));
  },
  'a table that is locked for longer than a statement may take': () =>
    operate('BEGIN', 'LOCK TABLE dm_messages_mirror'),
  'a server that has become read-only': async () => {
    await operate('ALTER DATABASE postgres SET default_transaction_read_only = on', KICK_ALL);
    return () =>
      operate(
        'SET default_transaction_read_only = off',
        'ALTER DATABASE postgres RESET default_transaction_read_only',
        KICK_ALL,
      );
  },
  'a procedure that is gone': async () => {
    await operate('ALTER FUNCTION sp_store_mirror_upsert_dm_message RENAME TO gone');
    return () => operate('ALTER FUNCTION gone RENAME TO sp_store_mirror_upsert_dm_message');
  },
};

function openStore(): MirrorStore & AsyncDisposable {
  const database = openDatabase({
    url: server.url,
    poolSize: 3,
    statementTimeoutMs: 300,
    connectTimeoutMs: 300,
  });
  const store = openMirrorStore({ database, entities });
  const close = () => database.close();
  return { ...store, close, [Symbol.asyncDispose]: close };
}

function publish(mirror: MirrorUnderTest, prefix: string): Promise<void> {
  return mirror.send(
    ...Array.from({ length: MESSAGES }, (_, index) => messageOf(`${prefix}${index}`)),
  );
}

test.each(Object.entries(outages))(
  '%s is waited out: nothing is dead-lettered, nothing is delivered twice, all arrives',
  async (_, begin) => {
    await using mirror = await openMirror();
    await using store = openStore();
    const logger = createLogger('test', 'silent');
    const warn = vi.spyOn(logger, 'warn');
    const info = vi.spyOn(logger, 'info');
    const processor = mirror.start({
      store,
      logger,
      batch: { maxBatchSize: 20, maxInFlight: 4 },
      maxInHand: 150,
    });
    await publish(mirror, 'before');
    await settled(processor, MESSAGES);

    const end = await begin();
    await publish(mirror, 'during');
    await expect
      .poll(() => processor.status(), EVENTUALLY)
      .toMatchObject({
        state: 'waiting',
        inHand: 150,
        waiting: { for: 'SQL' },
      });
    await expect.poll(() => processor.status().waiting?.attempts, EVENTUALLY).toBeGreaterThan(3);
    await end();

    await settled(processor, 2 * MESSAGES);
    expect(processor.status()).toMatchObject({
      state: 'running',
      reconnects: 0,
      counts: { applied: 2 * MESSAGES, duplicate: 0, deadLettered: 0 },
    });
    expect(await mirror.deadLetters()).toEqual([]);

    // One line for each attempt, whatever number of batches waits, and one at the end of each wait.
    const ends = info.mock.calls as unknown as [{ attempts: number }, string][];
    for (const [, line] of ends) {
      expect(line).toMatch(/^SQL takes work again, after \d+\.\d s of waiting \(.+\)$/);
    }
    const attempts = ends.reduce((sum, [end]) => sum + end.attempts, 0);
    expect(attempts).toBeGreaterThan(3);
    expect(warn).toHaveBeenCalledTimes(attempts);
  },
);

test('connections that are cut in the middle of a statement cost a wait and nothing else', async () => {
  await using mirror = await openMirror();
  await using store = openStore();
  const processor = mirror.start({ store, batch: { maxBatchSize: 20, maxInFlight: 4 } });
  const unlock = await operate('BEGIN', 'LOCK TABLE dm_messages_mirror');
  await publish(mirror, 'm');
  await expect.poll(() => processor.status().inHand, EVENTUALLY).toBeGreaterThan(0);
  await (
    await operate(KICK_ALL)
  )();
  await expect.poll(() => processor.status().state, EVENTUALLY).toBe('waiting');
  await unlock();
  await settled(processor, MESSAGES);
  expect(processor.status().counts).toMatchObject({
    applied: MESSAGES,
    duplicate: 0,
    deadLettered: 0,
  });
});
