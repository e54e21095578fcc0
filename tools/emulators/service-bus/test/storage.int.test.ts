import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createManualClock } from '../src/broker/clock.ts';
import type { Journal } from '../src/broker/journal.ts';
import { Namespace } from '../src/broker/namespace.ts';
import { snapshot } from '../src/broker/namespace-image.ts';
import { openStorage, type Storage } from '../src/storage/open-storage.ts';
import { message, taker } from './message-taker.ts';

const COMPACT_AFTER_BYTES = 20_000;

let path: string;
let storage: Storage;
let namespace: Namespace;
beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), 'service-bus-'));
  await reopen();
});
afterEach(async () => {
  namespace.close();
  await storage.close();
  rmSync(path, { recursive: true });
});

/** Opens what is on disk, as after a restart. */
async function reopen(): Promise<void> {
  storage = openStorage(path, fail, COMPACT_AFTER_BYTES);
  namespace = new Namespace(createManualClock(1_000_000), storage.journal);
  await storage.attach(namespace, (bytes) => message(bytes.toString()));
}

function fail(error: unknown): void {
  throw error;
}

const durable = (journal: Journal): Promise<void> =>
  new Promise((resolve) => {
    journal.whenDurable(resolve);
  });

test('the journal is written anew when it is mostly history, and loses nothing by it', async () => {
  const { store } = namespace.createQueue('q');
  const receiver = taker();
  store.addConsumer(receiver);
  for (let n = 0; n < 1000; n += 1) {
    namespace.send('q', [message(`message ${n}`)]);
    const lock = receiver.locks.at(-1);
    if (lock && n % 100 !== 0) store.complete(lock);
    if (n % 50 === 0) await durable(storage.journal);
  }
  await storage.close();
  const files = readdirSync(path);
  expect(files).toHaveLength(1);
  expect(statSync(join(path, files[0] ?? '')).size).toBeLessThan(2 * COMPACT_AFTER_BYTES + 20_000);
  await reopen();
  const again = taker();
  namespace.queues.get('q')?.store.addConsumer(again);
  expect(again.ids).toEqual(Array.from({ length: 10 }, (_, n) => `message ${100 * n}`));
  expect(namespace.send('q', [message('next')])[0]?.sequence).toBe(1001);
});

test('what is read back is what was there, whatever was done to it', async () => {
  namespace.createTopic('t', { requiresDuplicateDetection: true });
  const sessions = namespace.createSubscription('t', 'sessions', { requiresSession: true });
  const plain = namespace.createSubscription('t', 'plain', { maxDeliveryCount: 2 });
  namespace.createQueue('gone');
  namespace.send('gone', [message('gone')]);
  namespace.remove('gone');
  for (let n = 0; n < 30; n += 1) {
    namespace.send('t', [message(`${n}`, { sessionId: `s${n % 3}` })]);
  }
  const lock = sessions.store.sessionLocks.hold('s1', { linkName: 'l', onLost: () => undefined });
  sessions.store.setSessionState(lock.session, Buffer.from('state'));
  sessions.store.sessionLocks.release(lock);
  const receiver = taker(20);
  plain.store.addConsumer(receiver);
  receiver.locks.forEach((held, n) => {
    const changes = { application: new Map([['n', n]]), system: new Map() };
    if (n % 4 === 0) plain.store.complete(held);
    if (n % 4 === 1) plain.store.defer(held, changes);
    if (n % 4 === 2) plain.store.deadLetter(held, changes);
    if (n % 4 === 3) plain.store.abandon(held, changes);
  });
  const before = [...snapshot(namespace)];
  await durable(storage.journal);
  await storage.close();
  await reopen();
  const after = [...snapshot(namespace)];
  const comparable = (records: typeof before) =>
    records
      .map((record) =>
        JSON.stringify(record, (_key, value: unknown) =>
          value instanceof Map ? [...value] : value,
        ),
      )
      .sort();
  expect(comparable(after)).toEqual(comparable(before));
});
