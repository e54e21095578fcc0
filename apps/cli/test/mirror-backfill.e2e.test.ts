import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackfillResult } from '@ayna/backfill';
import { entities } from '@ayna/contract';
import { startFirestoreEmulator, type FirestoreEmulator } from '@ayna/emulator-firestore';
import { startServiceBusEmulator, type ServiceBusEmulator } from '@ayna/emulator-service-bus';
import { connectFirestore } from '@ayna/firestore';
import {
  connectAdministration,
  connectServiceBus,
  fromMessage,
  mirrorTopology,
  provisionTopology,
  type ServiceBusEndpoint,
} from '@ayna/service-bus';
import type { Firestore } from 'firebase-admin/firestore';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ayna, startAyna } from './ayna.ts';

const PROJECT = 'cli-backfill';
const MESSAGES = 600;
const EVENTUALLY = { timeout: 50_000, interval: 10 };

let emulator: FirestoreEmulator;
let firestore: Firestore;
let broker: ServiceBusEmulator;
let kept: string;
beforeAll(async () => {
  kept = await mkdtemp(join(tmpdir(), 'ayna-cli-broker-'));
  emulator = await startFirestoreEmulator();
  broker = await startServiceBusEmulator({ dataDirectory: kept });
  process.env.FIRESTORE_EMULATOR_HOST = emulator.host;
  process.env.METADATA_SERVER_DETECTION = 'none';
  firestore = await connectFirestore(PROJECT);
  const writer = firestore.bulkWriter();
  for (let message = 0; message < MESSAGES; message += 1) {
    const path = `conversations/c${message % 7}/messages/m${message}`;
    void writer.set(firestore.doc(path), { body: `text ${message}` });
  }
  await writer.close();
});
afterAll(async () => {
  await firestore.terminate();
  await emulator.close();
  await broker.close();
  await rm(kept, { recursive: true, force: true });
});

/** Each test has a folder and a topic of its own. */
let folder: string;
let topic: string;
let topics = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(kept, 'run-'));
  topic = `topic-${(topics += 1)}`;
  await provisionTopology(connectAdministration(endpoint()), mirrorTopology(topic));
});

const endpoint = (): ServiceBusEndpoint => ({
  kind: 'connectionString',
  connectionString: broker.connectionString,
});
const checkpoint = () => join(folder, 'checkpoint.json');
const command = (...args: string[]) => [
  ...['mirror', 'backfill', '--checkpoint', checkpoint(), '--rate', 'max', ...args],
];
const environment = () => ({
  FIRESTORE_EMULATOR_HOST: emulator.host,
  METADATA_SERVER_DETECTION: 'none',
  GOOGLE_CLOUD_PROJECT: PROJECT,
  SERVICEBUS_CONNECTION_STRING: broker.connectionString,
  SERVICEBUS_TOPIC_REALTIME_MIRROR: topic,
});
const resultOf = (stdout: string) => JSON.parse(stdout) as BackfillResult;
async function publishedSoFar(): Promise<number> {
  const text = await readFile(checkpoint(), 'utf8').catch(() => '{"entities":[]}');
  const state = JSON.parse(text) as { entities: { published: number }[] };
  return state.entities.reduce((sum, { published }) => sum + published, 0);
}

/** Takes what the writer would get; resolves with the paths and versions. */
async function receiveAll(): Promise<string[]> {
  const client = connectServiceBus(endpoint());
  const receiver = client.createReceiver(topic, 'sql-writer', { receiveMode: 'receiveAndDelete' });
  const seen: string[] = [];
  for (;;) {
    const messages = await receiver.receiveMessages(500, { maxWaitTimeInMs: 300 });
    if (messages.length === 0) break;
    for (const message of messages) {
      const { event } = fromMessage(entities, message);
      expect(event.data).toMatchObject({ syncSource: 'backfill', operation: 'create' });
      seen.push(`${event.subject}@${event.data.sourceVersion.toString()}`);
    }
  }
  await client.close();
  return seen.sort();
}

async function everything(): Promise<string[]> {
  const { docs } = await firestore.collectionGroup('messages').get();
  return docs
    .map(({ ref, updateTime: { seconds, nanoseconds } }) => {
      const micros = BigInt(seconds) * 1_000_000n + BigInt(Math.trunc(nanoseconds / 1_000));
      return `${ref.path}@${micros}`;
    })
    .sort();
}

describe('ayna mirror backfill', () => {
  test('--dry-run says what would be read, what it costs and how long it takes, and does nothing', async () => {
    const { code, stdout, stderr } = await ayna(
      command('--dry-run', '--rate', '60', '--price-per-100k', '100'),
      environment(),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/dm\.message +600 documents/);
    expect(stdout).toContain(`about ${600 + entities.length} (600 documents`);
    expect(stdout).toContain('about 0.60 USD');
    expect(stdout).toContain('about 10 s at 60 documents/s');
    expect(await readdir(folder)).toEqual([]);
    expect(await receiveAll()).toEqual([]);
  });

  test('publishes every document with its version, and once finished says so', async () => {
    const first = await ayna(command('--json'), environment());
    expect(first.code).toBe(0);
    expect(first.stderr).not.toContain('Warning');
    expect(resultOf(first.stdout)).toMatchObject({ outcome: 'finished', published: MESSAGES });
    expect(await receiveAll()).toEqual(await everything());

    const second = await ayna(command(), environment());
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toContain('Nothing to do');
    expect(second.stdout).toContain('--restart');
    expect(await receiveAll()).toEqual([]);

    // Within the broker's window of duplicate detection.
    const third = await ayna(command('--restart', '--entity', 'dm.message'), environment());
    expect(third.code).toBe(0);
    expect(third.stdout).toContain('ayna mirror check');
    expect(await receiveAll()).toEqual(await everything());
    expect(await readdir(folder)).toEqual(['checkpoint.json']);
  });

  test('killed again and again, it goes on each time and leaves no document out', async () => {
    for (const share of [0.1, 0.4, 0.8]) {
      const running = startAyna(command('--rate', '200'), environment());
      const before = await publishedSoFar();
      await expect.poll(publishedSoFar, EVENTUALLY).toBeGreaterThan(share * MESSAGES);
      expect(before).toBeLessThan(MESSAGES);
      running.kill('SIGKILL');
      expect((await running.ended).code).toBeNull();
    }
    const known = await publishedSoFar();
    const { code, stdout } = await ayna(command('--json'), environment());
    expect(code).toBe(0);
    expect(resultOf(stdout)).toMatchObject({
      resumed: true,
      published: MESSAGES,
      sent: MESSAGES - known,
      read: MESSAGES - known,
    });
    expect(await receiveAll()).toEqual(await everything());
  });

  test('stopped by Ctrl-C, it saves, says how to go on, and ends with 130', async () => {
    const running = startAyna(command('--rate', '20'), environment());
    await expect.poll(publishedSoFar, EVENTUALLY).toBeGreaterThan(0);
    running.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    expect(stdout).toContain('The same command goes on from there');
    expect(await receiveAll()).toHaveLength(await publishedSoFar());
    expect(await readdir(folder)).toEqual(['checkpoint.json']);
  });

  test('refuses a checkpoint that another one is using', async () => {
    const running = startAyna(command('--rate', '20'), environment());
    await expect.poll(publishedSoFar, EVENTUALLY).toBeGreaterThan(0);
    const { code, stderr } = await ayna(command(), environment());
    expect(code).toBe(2);
    expect(stderr).toContain(`process ${running.pid ?? 0}`);
    running.kill('SIGKILL');
    await running.ended;
  });

  test('lists what can never be mirrored and ends with 1, the rest published', async () => {
    const bad = [
      ['conversations/c1/messages/odd', { body: { a: 'map' } }],
      [`conversations/${'long'.repeat(200)}/messages/${'id'.repeat(450)}`, { body: 'x' }],
    ] as const;
    for (const [path, fields] of bad) await firestore.doc(path).set(fields);
    const rejected = join(folder, 'rejected.jsonl');
    const { code, stdout, stderr } = await ayna(
      command('--json', '--rejected', rejected),
      environment(),
    );
    for (const [path] of bad) await firestore.doc(path).delete();
    expect(code).toBe(1);
    expect(resultOf(stdout)).toMatchObject({ published: MESSAGES, rejected: 2 });
    expect(stderr).toContain('rejected: conversations/c1/messages/odd: ContractViolation');
    const lines = (await readFile(rejected, 'utf8')).trimEnd().split('\n');
    const listed = lines.map((line) => JSON.parse(line) as { path: string; reason: string });
    expect(listed.map(({ path }) => path).sort()).toEqual(bad.map(([path]) => path).sort());
    expect(listed.map(({ reason }) => reason).join()).toContain('at most 1600 can be indexed');
    expect(await receiveAll()).toEqual(await everything());
  });

  // A send that had no answer is given up by the SDK only after a minute.
  test('waits while the broker is away, and says so', { timeout: 200_000 }, async () => {
    const running = startAyna(command('--json', '--rate', '150'), environment());
    await expect.poll(publishedSoFar, EVENTUALLY).toBeGreaterThan(0);
    const { port } = broker;
    await broker.close();
    await expect.poll(() => running.stderr(), EVENTUALLY).toContain('The broker is away');
    broker = await startServiceBusEmulator({ dataDirectory: kept, port });
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain('The broker is back');
    expect(stderr).not.toContain('Warning');
    expect(resultOf(stdout)).toMatchObject({ outcome: 'finished', published: MESSAGES });
    expect(await receiveAll()).toEqual(await everything());
  });

  test('holds back while more messages wait for the writer than may', async () => {
    const running = startAyna(command('--json', '--max-queue', '50'), environment());
    await expect.poll(publishedSoFar, EVENTUALLY).toBeGreaterThanOrEqual(50);
    const received: string[] = [];
    const end = new AbortController();
    const draining = (async () => {
      while (!end.signal.aborted) received.push(...(await receiveAll()));
    })();
    const { code, stdout } = await running.ended;
    end.abort();
    await draining;
    received.push(...(await receiveAll()));
    expect(code).toBe(0);
    expect(resultOf(stdout)).toMatchObject({ published: MESSAGES });
    expect(received.sort()).toEqual(await everything());
  });

  test('ends with 2 when the topic does not exist, its checkpoint kept', async () => {
    const { code, stderr } = await ayna(command(), {
      ...environment(),
      SERVICEBUS_TOPIC_REALTIME_MIRROR: 'nowhere',
    });
    expect(code).toBe(2);
    expect(stderr).toContain('BrokerRejected');
    expect(stderr).toContain(`Its checkpoint ${checkpoint()} is kept`);
    expect(await readdir(folder)).toEqual(['checkpoint.json']);
  });

  test.for([
    [['--entity', 'dm.massage'], 'there is no entity "dm.massage" (known are dm.conversation'],
    [['--rate', '0'], 'Expected a whole number from 1 to 1000000, or "max"'],
    [['--parallel', 'four'], 'Expected a whole number from 1 to 64'],
    [['--price-per-100k', '-1'], 'Expected a price'],
  ] as const)('refuses %s with 2, saying what it takes', async ([args, sentence]) => {
    const { code, stdout, stderr } = await ayna(command(...args), environment());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });

  test('names every setting that is missing', async () => {
    const { code, stderr } = await ayna(command());
    expect(code).toBe(2);
    expect(stderr).toContain('GOOGLE_CLOUD_PROJECT is missing');
  });
});
