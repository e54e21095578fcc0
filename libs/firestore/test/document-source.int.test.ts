import { dmConversation, dmMessage, SourceVersion } from '@ayna/contract';
import { startFirestoreEmulator, type FirestoreEmulator } from '@ayna/emulator-firestore';
import fc from 'fast-check';
import type { Firestore } from 'firebase-admin/firestore';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  connectFirestore,
  firestoreFailure,
  openDocumentSource,
  type DocumentKey,
  type DocumentRange,
  type DocumentSource,
} from '../src/index.ts';

let emulator: FirestoreEmulator;
let firestore: Firestore;
let source: DocumentSource;
beforeAll(async () => {
  emulator = await startFirestoreEmulator();
  process.env.FIRESTORE_EMULATOR_HOST = emulator.host;
  process.env.METADATA_SERVER_DETECTION = 'none';
  firestore = await connectFirestore('reading');
  source = openDocumentSource(firestore);
});
afterAll(async () => {
  await firestore.terminate();
  await emulator.close();
});
beforeEach(async () => {
  for (const collection of await firestore.listCollections()) {
    await firestore.recursiveDelete(collection);
  }
});

async function writeMessages(keys: readonly DocumentKey[]): Promise<void> {
  const writer = firestore.bulkWriter();
  for (const key of keys) void writer.set(firestore.doc(dmMessage.path.format(key)), { body: 'b' });
  await writer.close();
}

async function scanned(range: DocumentRange & { pageSize?: number } = {}): Promise<DocumentKey[]> {
  const keys: DocumentKey[] = [];
  for await (const { key } of source.scan(dmMessage, range)) keys.push(key);
  return keys;
}

const keyOf = (conversationId: string, messageId: string) => ({ conversationId, messageId });
const bytewise = (a: DocumentKey, b: DocumentKey): number =>
  Buffer.compare(Buffer.from(a.conversationId ?? ''), Buffer.from(b.conversationId ?? '')) ||
  Buffer.compare(Buffer.from(a.messageId ?? ''), Buffer.from(b.messageId ?? ''));

describe('scan', () => {
  test('gives every document once in the bytewise order of keys, whatever the page size', async () => {
    const id = fc.stringMatching(/^[a-zA-Z0-9 ~\-é😀\uFFEE]{1,4}$/u);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(id, id), {
          minLength: 1,
          maxLength: 15,
          selector: (pair) => pair.join('/'),
        }),
        fc.integer({ min: 1, max: 16 }),
        async (pairs, pageSize) => {
          await firestore.recursiveDelete(firestore.collection('conversations'));
          const keys = pairs.map(([conversationId, messageId]) => keyOf(conversationId, messageId));
          await writeMessages(keys);
          expect(await scanned({ pageSize })).toEqual(keys.toSorted(bytewise));
        },
      ),
      { numRuns: 25 },
    );
  });

  test('begins behind `after` and ends with `upTo`, whether or not they are there', async () => {
    await writeMessages([keyOf('a', '1'), keyOf('a', '3'), keyOf('b', '1'), keyOf('c', '1')]);
    expect(await scanned({ after: keyOf('a', '1'), upTo: keyOf('b', '1') })).toEqual([
      keyOf('a', '3'),
      keyOf('b', '1'),
    ]);
    expect(await scanned({ after: keyOf('a', '2'), upTo: keyOf('b', '9'), pageSize: 1 })).toEqual([
      keyOf('a', '3'),
      keyOf('b', '1'),
    ]);
  });

  test('passes over documents of other collections that have the same name', async () => {
    await writeMessages([keyOf('a', '1'), keyOf('z', '1')]);
    await firestore.doc('groups/g/messages/1').set({ body: 'of a group' });
    await firestore.doc('conversations/a/messages/1/replies/1').set({ body: 'a reply' });
    expect(await scanned({ pageSize: 1 })).toEqual([keyOf('a', '1'), keyOf('z', '1')]);
  });

  test('tells fields and version exactly: 64-bit integers, microseconds', async () => {
    const { writeTime } = await firestore.doc('conversations/c').set({ big: 2n ** 62n });
    for await (const { path, state } of source.scan(dmConversation)) {
      expect(path).toBe('conversations/c');
      expect(state.fields).toEqual({ big: 2n ** 62n });
      expect(state.version).toEqual(
        SourceVersion.fromTimestamp(writeTime.seconds, writeTime.nanoseconds),
      );
    }
  });
});

test('readMany answers in the order of the keys, with a time at which what it saw was so', async () => {
  const key = keyOf('a', '1');
  await writeMessages([key]);
  const [gone, there] = await source.readMany(dmMessage, [keyOf('a', '0'), key]);
  expect(gone?.document).toBeUndefined();
  expect(there?.document).toMatchObject({ key, state: { fields: { body: 'b' } } });
  expect(gone?.readTime.compare(there?.document?.state.version ?? gone.readTime)).toBe(1);
  expect(await source.readMany(dmMessage, [])).toEqual([]);
});

test('readMany takes more keys than fit in one request', async () => {
  const keys = Array.from({ length: 700 }, (_, index) => keyOf('a', String(index)));
  await writeMessages(keys.filter((_, index) => index % 2 === 0));
  const readings = await source.readMany(dmMessage, keys);
  expect(readings.map(({ document }) => document?.key)).toEqual(
    keys.map((key, index) => (index % 2 === 0 ? key : undefined)),
  );
});

test('partitions cover every document once', async () => {
  const keys = Array.from({ length: 1_000 }, (_, index) =>
    keyOf(String(index % 7), String(index).padStart(4, '0')),
  );
  await writeMessages(keys);
  const ranges = await source.partitions(dmMessage, 5);
  expect(ranges).toHaveLength(5);
  const found: DocumentKey[] = [];
  for (const range of ranges) found.push(...(await scanned(range)));
  expect(found).toEqual(keys.toSorted(bytewise));
  expect(await source.count(dmMessage)).toBe(1_000);
});

test('an entity of few documents, or none, is one part', async () => {
  expect(await source.partitions(dmConversation, 8)).toEqual([{}]);
  expect(await scanned((await source.partitions(dmMessage, 8))[0])).toEqual([]);
});

test('names the database as the events of triggers do', () => {
  expect(source.name).toBe('//firestore.googleapis.com/projects/reading/databases/(default)');
});

test('a refusal by Firestore says what was being done', async () => {
  await expect(source.readMany(dmMessage, [keyOf('__reserved__', '1')])).rejects.toMatchObject({
    code: 'FirestoreRejected',
    message: expect.stringContaining('reading 1 of dm.message') as string,
  });
});

test.for([
  [14, 'FirestoreUnavailable'],
  [4, 'FirestoreUnavailable'],
  [8, 'FirestoreUnavailable'],
  [7, 'FirestoreRejected'],
  [16, 'FirestoreRejected'],
] as const)('the gRPC status %i means %s', ([status, code]) => {
  const error = Object.assign(new Error('status'), { code: status });
  expect(firestoreFailure(error, 'reading')).toMatchObject({ code, message: 'reading: status' });
});
