import {
  AynaError,
  dmConversation,
  dmMessage,
  SourceVersion,
  type DocumentChange,
  type ErrorCode,
} from '@ayna/contract';
import { startFirestoreEmulator, type FirestoreEmulator } from '@ayna/emulator-firestore';
import { connectFirestore, openDocumentSource, type DocumentSource } from '@ayna/firestore';
import type { Firestore } from 'firebase-admin/firestore';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readCost, runBackfill, type BackfillOptions } from '../src/index.ts';
import { MemoryCheckpoint } from './numbered-documents.ts';

const MESSAGES = 400;

let emulator: FirestoreEmulator;
let firestore: Firestore;
let source: DocumentSource;
const versions = new Map<string, SourceVersion>();
beforeAll(async () => {
  emulator = await startFirestoreEmulator();
  process.env.FIRESTORE_EMULATOR_HOST = emulator.host;
  process.env.METADATA_SERVER_DETECTION = 'none';
  firestore = await connectFirestore('backfill');
  source = openDocumentSource(firestore);
  const writer = firestore.bulkWriter();
  const set = (path: string) =>
    void writer.set(firestore.doc(path), { body: path }).then(({ writeTime }) => {
      const { seconds, nanoseconds } = writeTime;
      versions.set(path, SourceVersion.fromTimestamp(seconds, nanoseconds));
    });
  for (let message = 0; message < MESSAGES; message += 1) {
    set(`conversations/c${message % 9}/messages/m${message}`);
  }
  for (let conversation = 0; conversation < 9; conversation += 1) {
    set(`conversations/c${conversation}`);
  }
  await writer.close();
});
afterAll(async () => {
  await firestore.terminate();
  await emulator.close();
});

let published: DocumentChange[];
let notes: string[];
let checkpoint: MemoryCheckpoint;
beforeEach(() => {
  published = [];
  notes = [];
  checkpoint = new MemoryCheckpoint();
});

const publish = (change: DocumentChange) => {
  published.push(change);
  return Promise.resolve();
};

function start(options: Partial<BackfillOptions> = {}) {
  return runBackfill({
    entities: [dmConversation, dmMessage],
    source,
    destination: 'topic',
    publish,
    checkpoint,
    rate: 'max',
    pageSize: 20,
    signal: new AbortController().signal,
    note: (text) => notes.push(text),
    backoff: { firstPauseMs: 1, maxPauseMs: 5 },
    ...options,
  });
}

const pathsOf = (changes: readonly DocumentChange[]) => changes.map(({ path }) => path).sort();
const everyPath = () => [...versions.keys()].sort();

describe('a backfill', () => {
  test('publishes every document once, as a creation of its own version, entity by entity', async () => {
    const result = await start();
    expect(pathsOf(published)).toEqual(everyPath());
    for (const { path, before, after, originId, source: name } of published) {
      expect(before).toBeUndefined();
      expect(after).toMatchObject({ fields: { body: path }, version: versions.get(path) });
      expect([originId, name]).toEqual([result.runId, source.name]);
    }
    const kinds = published.map(({ path }) => path.includes('/messages/'));
    expect(kinds.indexOf(true)).toBe(kinds.lastIndexOf(false) + 1);
    expect(result).toMatchObject({
      outcome: 'finished',
      resumed: false,
      published: MESSAGES + 9,
      sent: MESSAGES + 9,
      read: MESSAGES + 9,
      rejected: 0,
    });
  });

  test('tells what it will read and cost before it starts, and what is left of it', async () => {
    const ask = { source, entities: [dmMessage, dmConversation], rate: 100, note: () => undefined };
    const { signal } = new AbortController();
    const cost = await readCost({ ...ask, checkpoint: undefined, signal, pricePer100kReads: 50 });
    expect(cost).toEqual({
      entities: [
        { name: 'dm.message', documents: MESSAGES, done: 0 },
        { name: 'dm.conversation', documents: 9, done: 0 },
      ],
      remaining: MESSAGES + 9,
      reads: MESSAGES + 9 + 2,
      usd: ((MESSAGES + 11) / 100_000) * 50,
      seconds: (MESSAGES + 9) / 100,
    });
    await start({ entities: [dmConversation] });
    const left = await readCost({ ...ask, checkpoint: checkpoint.saved, signal });
    expect(left).toMatchObject({ remaining: MESSAGES, reads: MESSAGES + 2 });
  });

  test('never has more documents under way than it may', async () => {
    let under = 0;
    let most = 0;
    await start({
      maxInFlight: 6,
      publish: async () => {
        under += 1;
        most = Math.max(most, under);
        await new Promise((resolve) => setImmediate(resolve));
        under -= 1;
      },
    });
    expect(most).toBe(6);
  });

  test('passes over what can never be mirrored, and lists it', async () => {
    const bad = everyPath().filter((_, index) => index % 40 === 0);
    const rejected: string[] = [];
    const result = await start({
      publish: (change) =>
        bad.includes(change.path)
          ? Promise.reject(new AynaError('ContractViolation', 'body is a map'))
          : publish(change),
      onRejected: ({ path }) => {
        rejected.push(path);
        return Promise.resolve();
      },
    });
    expect(pathsOf(published)).toEqual(everyPath().filter((path) => !bad.includes(path)));
    expect(rejected.sort()).toEqual(bad);
    expect(result).toMatchObject({ outcome: 'finished', rejected: bad.length });
    expect(result.rejections).toContainEqual({
      path: bad[0],
      reason: 'ContractViolation: body is a map',
    });
  });

  test('waits out a broker that is away, says so once, and loses nothing', async () => {
    let refusals = 100;
    await start({
      publish: (change) => {
        refusals -= 1;
        return refusals >= 0 && published.length >= 50
          ? Promise.reject(new AynaError('BrokerUnavailable', 'no connection'))
          : publish(change);
      },
    });
    expect(pathsOf(published)).toEqual(everyPath());
    expect(notes[0]).toContain('BrokerUnavailable: no connection');
    expect(notes.at(-1)).toBe('The broker is back: going on.');
  });

  test('waits out a Firestore that is away, and reads on from where it stood', async () => {
    let failures = 0;
    let read = 0;
    const result = await start({
      source: {
        name: source.name,
        partitions: (entity, wanted) => source.partitions(entity, wanted),
        async *scan(entity, options) {
          for await (const document of source.scan(entity, options)) {
            read += 1;
            if (read % 30 === 0) {
              failures += 1;
              throw new AynaError('FirestoreUnavailable', 'deadline exceeded');
            }
            yield document;
          }
        },
      },
    });
    expect(failures).toBeGreaterThan(10);
    expect(pathsOf(published)).toEqual(everyPath());
    expect(result.read).toBe(MESSAGES + 9);
    expect(notes[0]).toContain('FirestoreUnavailable: deadline exceeded');
  });

  test('says that there is no answer long before a client gives up', async () => {
    const answer = Promise.withResolvers<undefined>();
    const running = start({
      publish: async (change) => {
        await answer.promise;
        await publish(change);
      },
      backoff: { slowAfterMs: 1 },
    });
    await expect.poll(() => notes.join()).toContain('The broker is away (no answer');
    answer.resolve(undefined);
    await running;
    expect(notes).toContain('The broker is back: going on.');
    expect(pathsOf(published)).toEqual(everyPath());
  });

  test.for(['BrokerRejected', 'UnknownEntity'] as const satisfies ErrorCode[])(
    'ends with %s, keeps its checkpoint, and goes on from it later',
    async (code) => {
      await expect(
        start({
          publish: (change) =>
            published.length >= 200 ? Promise.reject(new AynaError(code, 'no')) : publish(change),
        }),
      ).rejects.toMatchObject({ code });
      const known = (checkpoint.saved?.entities ?? []).reduce((sum, e) => sum + e.published, 0);
      expect(known).toBeGreaterThan(0);
      published = [];
      expect(await start()).toMatchObject({ resumed: true, sent: MESSAGES + 9 - known });
    },
  );

  test('ends when its checkpoint can no longer be saved', async () => {
    const full = new AynaError('CheckpointUnusable', 'no space left on device');
    let saves = 0;
    const running = start({
      checkpoint: {
        name: 'full',
        load: () => Promise.resolve(undefined),
        save: () => ((saves += 1) > 1 ? Promise.reject(full) : Promise.resolve()),
      },
      saveEveryMs: 1,
      rate: 10,
    });
    await expect(running).rejects.toBe(full);
  });

  test('that is interrupted finishes what is under way, saves, and goes on from there', async () => {
    const end = new AbortController();
    const first = await start({
      publish: async (change) => {
        await publish(change);
        if (published.length === 100) end.abort();
        await new Promise((resolve) => setImmediate(resolve));
      },
      signal: end.signal,
    });
    expect(first).toMatchObject({ outcome: 'interrupted', sent: published.length });
    const second = await start();
    expect(second).toMatchObject({ outcome: 'finished', resumed: true, runId: first.runId });
    expect(first.published + second.sent).toBe(MESSAGES + 9);
    expect([...new Set(pathsOf(published))]).toEqual(everyPath());
  });

  test('that is interrupted does not wait for ever for a broker that does not answer', async () => {
    const end = new AbortController();
    const result = await start({
      publish: () => {
        end.abort();
        return new Promise(() => undefined);
      },
      signal: end.signal,
      graceMs: 10,
    });
    expect(result).toMatchObject({ outcome: 'interrupted', published: 0 });
  });

  test('begins anew, as another run, when it is told to', async () => {
    const first = await start();
    const second = await start({ restart: true });
    expect(second).toMatchObject({ resumed: false, sent: MESSAGES + 9 });
    expect(second.runId).not.toBe(first.runId);
  });
});
