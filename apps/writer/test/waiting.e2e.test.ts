import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startServiceBusEmulator,
  type ServiceBusEmulator,
  type Topology,
} from '@ayna/emulator-service-bus';
import { startPglite, startPostgres, type RunningDatabase } from '@ayna/emulator-sql';
import { migrate, openDatabase } from '@ayna/sql-gateway';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from './free-port.ts';
import { EVENTUALLY, startWriter } from './running-writer.ts';

const topology: Topology = {
  topics: { 'realtime-mirror': { subscriptions: { 'sql-writer': {} } } },
};

let directory: string;
let broker: ServiceBusEmulator;
let database: RunningDatabase;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ayna-writer-'));
  broker = await startServiceBusEmulator({ topology, sharedAccessKey: 'the-right-key' });
  database = await startPglite({ dataDirectory: join(directory, 'sql') });
  await using opened = openDatabase({ url: database.url });
  await migrate(opened);
});
afterAll(async () => {
  await Promise.all([broker.close(), database.close()]);
  await rm(directory, { recursive: true, force: true });
});

const settings = async () => ({
  SERVICEBUS_CONNECTION_STRING: broker.connectionString,
  DATABASE_URL: database.url,
  HOST: '127.0.0.1',
  PORT: String(await freePort()),
});

describe('a writer that is started', () => {
  test('while SQL is away says so, is not ready, and begins when SQL is there', async () => {
    await database.close();
    await using writer = startWriter(await settings());
    await expect
      .poll(() => writer.status(), EVENTUALLY)
      .toMatchObject({
        state: 'starting',
        waiting: { for: 'SQL', code: 'SqlUnavailable' },
      });
    expect(await writer.ready()).toBe(503);
    expect(writer.log()).toMatch(/waiting for SQL before the start: .*ECONNREFUSED/);
    database = await startPglite({ dataDirectory: join(directory, 'sql'), port: database.port });
    await expect.poll(() => writer.ready(), EVENTUALLY).toBe(200);
    expect(await writer.status()).toMatchObject({ state: 'running' });
  });

  test('while the broker is away says so, is not ready, and begins when the broker is there', async () => {
    const port = await freePort();
    const connectionString = broker.connectionString.replace(`:${broker.port};`, `:${port};`);
    await using writer = startWriter({
      ...(await settings()),
      SERVICEBUS_CONNECTION_STRING: connectionString,
    });
    await expect
      .poll(() => writer.status(), EVENTUALLY)
      .toMatchObject({
        state: 'connecting',
        waiting: { for: 'the broker', code: 'BrokerUnavailable' },
      });
    expect(await writer.ready()).toBe(503);
    expect(writer.log()).toContain('waiting for the broker: ');
    await using late = await startServiceBusEmulator({
      port,
      topology,
      sharedAccessKey: 'the-right-key',
    });
    await expect.poll(() => writer.ready(), EVENTUALLY).toBe(200);
    expect(late.port).toBe(port);
  });

  test.each(['SQL', 'the broker'])('and waits for %s ends at the first signal', async (what) => {
    const port = await freePort();
    const all = await settings();
    await using writer = startWriter(
      what === 'SQL'
        ? { ...all, DATABASE_URL: database.url.replace(`:${database.port}/`, `:${port}/`) }
        : {
            ...all,
            SERVICEBUS_CONNECTION_STRING: broker.connectionString.replace(
              `:${broker.port};`,
              `:${port};`,
            ),
          },
    );
    await expect.poll(() => writer.status(), EVENTUALLY).toMatchObject({ waiting: { for: what } });
    writer.signal('SIGTERM');
    expect(await writer.exited).toBe(0);
  });
});

describe('a writer ends with 2 and says what somebody has to mend:', () => {
  test('a key that the broker does not take', async () => {
    await using writer = startWriter({
      ...(await settings()),
      SERVICEBUS_CONNECTION_STRING: broker.connectionString.replace('the-right-key', 'a-wrong-one'),
    });
    expect(await writer.exited).toBe(2);
    expect(writer.log()).toMatch(
      /^BrokerRejected: "realtime-mirror\/sql-writer" cannot be read: /m,
    );
    expect(writer.log()).not.toContain('a-wrong-one');
  });

  test.each(['SERVICEBUS_TOPIC_REALTIME_MIRROR', 'SERVICEBUS_SUBSCRIPTION_SQL_WRITER'])(
    'what %s names is not there',
    async (variable) => {
      await using writer = startWriter({ ...(await settings()), [variable]: 'nowhere' });
      expect(await writer.exited).toBe(2);
      expect(writer.log()).toMatch(/^BrokerRejected: .*nowhere.* cannot be read: /m);
    },
  );

  test('a password that SQL does not take, or a database that is not there', async () => {
    await using server = await startPostgres();
    for (const [url, said] of [
      [server.url.replace(':postgres@', ':wrong@'), /^ConfigInvalid: .*password/m],
      [server.url.replace(/[^/]*$/, 'nowhere'), /^ConfigInvalid: .*"nowhere" does not exist/m],
    ] as const) {
      await using writer = startWriter({ ...(await settings()), DATABASE_URL: url });
      expect(await writer.exited).toBe(2);
      expect(writer.log()).toMatch(said);
      expect(writer.log()).not.toContain(':wrong@');
    }
  });
});
