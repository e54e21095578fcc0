import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { onDocumentCreated, onDocumentWritten } from 'firebase-functions/v2/firestore';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import type { CloudEvent, FirestoreEmulatorOptions } from '../src/index.ts';
import { startFixture, type Fixture } from './fixture.ts';

/** firebase-functions builds its snapshots with the default app's Firestore. */
const app = initializeApp({ projectId: 'demo' });
getFirestore(app).settings({ useBigInt: true });
afterAll(() => deleteApp(app));

async function start(options: FirestoreEmulatorOptions = {}): Promise<Fixture> {
  const fixture = await startFixture(options);
  onTestFinished(() => fixture[Symbol.asyncDispose]());
  return fixture;
}

/** Registers a bare function, as the functions framework would call it. */
function bare(handle: (event: CloudEvent) => unknown, document = 'c/{id}', retry = false) {
  const eventType = 'google.cloud.firestore.document.v1.written';
  const endpoint = { eventTrigger: { eventType, eventFilterPathPatterns: { document }, retry } };
  return Object.assign(handle, { __endpoint: endpoint });
}

test('a real onDocumentWritten function receives what changed, with exact 64-bit integers', async () => {
  const { emulator, firestore } = await start();
  const seen: unknown[] = [];
  const exact = 9_007_199_254_740_993n;
  emulator.functions.register(
    onDocumentWritten('conversations/{conversation}/messages/{message}', (event) => {
      seen.push({
        params: event.params,
        before: event.data?.before.data(),
        after: event.data?.after.data(),
      });
    }),
  );
  const message = firestore.doc('conversations/a/messages/b');
  await message.set({ count: exact });
  await emulator.functions.drain();
  await message.set({ count: exact, text: 'hi' });
  await emulator.functions.drain();
  await message.delete();
  await emulator.functions.drain();
  const params = { conversation: 'a', message: 'b' };
  expect(seen).toEqual([
    { params, before: undefined, after: { count: exact } },
    { params, before: { count: exact }, after: { count: exact, text: 'hi' } },
    { params, before: { count: exact, text: 'hi' }, after: undefined },
  ]);
});

test('a function hears only of its own operation and of paths that match', async () => {
  const { emulator, firestore } = await start();
  const created: string[] = [];
  emulator.functions.register(
    onDocumentCreated('c/{id}', (event) => void created.push(event.document)),
  );
  await firestore.doc('c/a').set({ n: 1 });
  await firestore.doc('c/a').set({ n: 2 });
  await firestore.doc('other/a').set({ n: 1 });
  await firestore.doc('c/a/d/b').set({ n: 1 });
  await firestore.doc('c/a').delete();
  await emulator.functions.drain();
  expect(created).toEqual(['c/a']);
});

test('writes that change nothing and deletes of missing documents raise no event', async () => {
  const { emulator, firestore } = await start();
  const events: CloudEvent[] = [];
  emulator.functions.register(bare((event) => events.push(event)));
  await firestore.doc('c/a').set({ n: 1 });
  await firestore.doc('c/a').set({ n: 1 });
  await firestore.doc('c/missing').delete();
  await emulator.functions.drain();
  expect(events).toHaveLength(1);
});

test('an event carries the attributes that Eventarc sends', async () => {
  const { emulator, firestore } = await start();
  const events: CloudEvent[] = [];
  emulator.functions.register(bare((event) => events.push(event)));
  const { writeTime } = await firestore.doc('c/a').set({ n: 1 });
  await emulator.functions.drain();
  const micros = String(writeTime.nanoseconds / 1000).padStart(6, '0');
  expect(events[0]).toMatchObject({
    specversion: '1.0',
    type: 'google.cloud.firestore.document.v1.written',
    source: '//firestore.googleapis.com/projects/demo/databases/(default)',
    subject: 'documents/c/a',
    time: `${writeTime.toDate().toISOString().slice(0, 19)}.${micros}Z`,
    datacontenttype: 'application/protobuf',
    project: 'demo',
    database: '(default)',
    namespace: '(default)',
    document: 'c/a',
  });
  expect(Buffer.isBuffer(events[0]?.data)).toBe(true);
});

test('a failed delivery is repeated with the same event id when retry is on', async () => {
  const { emulator, firestore } = await start({
    delivery: { minBackoffMs: 1, log: () => undefined },
  });
  const ids: string[] = [];
  const flaky = bare(
    (event) => {
      ids.push(event.id);
      if (ids.length < 3) throw new Error('not yet');
    },
    'c/{id}',
    true,
  );
  emulator.functions.register(flaky);
  await firestore.doc('c/a').set({ n: 1 });
  await emulator.functions.drain();
  expect(new Set(ids).size).toBe(1);
  expect(emulator.functions.stats()).toEqual({ pending: 0, delivered: 1, failed: 0, retried: 2 });
});

test('a failed delivery is dropped when retry is off', async () => {
  const { emulator, firestore } = await start({ delivery: { log: () => undefined } });
  const failing = bare(() => {
    throw new Error('never');
  });
  emulator.functions.register(failing);
  await firestore.doc('c/a').set({ n: 1 });
  await emulator.functions.drain();
  expect(emulator.functions.stats()).toEqual({ pending: 0, delivered: 0, failed: 1, retried: 0 });
});

test('copies and shuffle deliver every event that often, out of order', async () => {
  const { emulator, firestore } = await start({
    delivery: { copies: 2, shuffle: { seed: 7, window: 20 }, concurrency: 1 },
  });
  const order: string[] = [];
  emulator.functions.register(bare((event) => order.push(event.document)));
  const batch = firestore.batch();
  const paths = Array.from({ length: 10 }, (_, i) => `c/${i}`);
  for (const path of paths) batch.set(firestore.doc(path), { n: 1 });
  await batch.commit();
  await emulator.functions.drain();
  const inOrder = paths.flatMap((path) => [path, path]);
  expect(order).not.toEqual(inOrder);
  expect(order.toSorted()).toEqual(inOrder.toSorted());
});

test('a disturbance delivers late and often, loses nothing, and ends when it is told to', async () => {
  const { emulator, firestore } = await start();
  const order: string[] = [];
  emulator.functions.register(bare((event) => order.push(event.document)));
  emulator.functions.disturb({ copies: 2, late: { seed: 3, share: 1, maxMs: 50 } });
  const late = firestore.batch();
  const paths = Array.from({ length: 10 }, (_, i) => `c/${i}`);
  for (const path of paths) late.set(firestore.doc(path), { n: 1 });
  await late.commit();
  emulator.functions.disturb({});
  await firestore.doc('c/calm').set({ n: 1 });
  await emulator.functions.drain();
  const inOrder = paths.flatMap((path) => [path, path]);
  expect(order.filter((path) => path !== 'c/calm')).not.toEqual(inOrder);
  expect(order.toSorted()).toEqual([...inOrder, 'c/calm']);
});

test('no more calls are under way at once than the concurrency allows', async () => {
  const { emulator, firestore } = await start({ delivery: { concurrency: 3 } });
  let active = 0;
  let most = 0;
  const slow = bare(async () => {
    most = Math.max(most, ++active);
    await new Promise((resolve) => setImmediate(resolve));
    active--;
  });
  emulator.functions.register(slow);
  const batch = firestore.batch();
  for (let i = 0; i < 20; i++) batch.set(firestore.doc(`c/${i}`), { n: 1 });
  await batch.commit();
  await emulator.functions.drain();
  expect(most).toBe(3);
});

test('a function behind a URL receives a binary-mode CloudEvent', async () => {
  const { emulator, firestore } = await start();
  const requests: { headers: NodeJS.Dict<string | string[]>; body: Buffer }[] = [];
  const server = createServer((request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      requests.push({ headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  emulator.functions.register({
    eventType: 'google.cloud.firestore.document.v1.written',
    document: 'c/{id}',
    url: `http://127.0.0.1:${port}/`,
  });
  await firestore.doc('c/a').set({ n: 1 });
  await emulator.functions.drain();
  expect(requests).toHaveLength(1);
  expect(requests[0]?.headers).toMatchObject({
    'content-type': 'application/protobuf',
    'ce-specversion': '1.0',
    'ce-type': 'google.cloud.firestore.document.v1.written',
    'ce-document': 'c/a',
    'ce-subject': 'documents/c/a',
  });
  expect(requests[0]?.body.length).toBeGreaterThan(0);
});
