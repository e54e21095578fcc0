import {
  FieldPath,
  FieldValue,
  Filter,
  GeoPoint,
  Timestamp,
  type DocumentData,
  type Query,
} from '@google-cloud/firestore';
import { beforeEach, afterEach, describe, expect, test } from 'vitest';
import { startFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture[Symbol.asyncDispose]());

const doc = (path: string) => fixture.firestore.doc(path);
const ids = async (query: Query) => (await query.get()).docs.map(({ id }) => id);

async function seed(documents: Record<string, DocumentData>) {
  const collection = fixture.firestore.collection('c');
  const batch = fixture.firestore.batch();
  for (const [id, data] of Object.entries(documents)) batch.set(collection.doc(id), data);
  await batch.commit();
  return collection;
}

describe('writes', () => {
  test('every type of value survives the round trip', async () => {
    const data = {
      null: null,
      yes: true,
      int: 42,
      double: 1.5,
      nan: NaN,
      infinity: -Infinity,
      text: 'ğü😀',
      bytes: Buffer.from([0, 255]),
      time: new Timestamp(-5, 123_456_000),
      place: new GeoPoint(41, 29),
      ref: doc('a/b'),
      list: [1, 'x', { deep: [true] }],
      map: { 'a.b`c\\': 1 },
      vector: FieldValue.vector([1, 2.5]),
    };
    await doc('c/a').set(data);
    const read = (await doc('c/a').get()).data();
    expect(read).toEqual(data);
  });

  test('64-bit integers are exact', async () => {
    const firestore = fixture.connect({ useBigInt: true });
    const values = { max: 2n ** 63n - 1n, min: -(2n ** 63n), odd: 9_007_199_254_740_993n };
    await firestore.doc('c/a').set(values);
    expect((await firestore.doc('c/a').get()).data()).toEqual(values);
  });

  test('commit times strictly increase, in microseconds', async () => {
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, i) => doc(`c/${i}`).set({ i })),
    );
    const times = results.map(({ writeTime }) => writeTime.valueOf());
    expect(new Set(times).size).toBe(50);
    expect(results.every(({ writeTime }) => writeTime.nanoseconds % 1000 === 0)).toBe(true);
  });

  test('a write that changes nothing keeps the update time', async () => {
    const first = await doc('c/a').set({ n: 1 });
    const second = await doc('c/a').set({ n: 1 });
    expect(second.writeTime.isEqual(first.writeTime)).toBe(true);
    const third = await doc('c/a').set({ n: 2 });
    expect(third.writeTime.valueOf() > first.writeTime.valueOf()).toBe(true);
    expect((await doc('c/a').get()).createTime?.isEqual(first.writeTime)).toBe(true);
  });

  test('preconditions refuse with the code and message of the service', async () => {
    const name = 'projects/demo/databases/(default)/documents/c/a';
    await expect(doc('c/a').update({ n: 1 })).rejects.toMatchObject({
      code: 5,
      details: `No document to update: ${name}`,
    });
    const { writeTime } = await doc('c/a').create({ n: 1 });
    await expect(doc('c/a').create({ n: 1 })).rejects.toMatchObject({
      code: 6,
      details: `Document already exists: ${name}`,
    });
    await doc('c/a').update({ n: 2 });
    await expect(doc('c/a').delete({ lastUpdateTime: writeTime })).rejects.toMatchObject({
      code: 9,
    });
    await expect(doc('c/missing').delete({ exists: true })).rejects.toMatchObject({ code: 5 });
  });

  test('a commit is all or nothing', async () => {
    const batch = fixture.firestore.batch();
    batch.set(doc('c/a'), { n: 1 });
    batch.update(doc('c/missing'), { n: 1 });
    await expect(batch.commit()).rejects.toMatchObject({ code: 5 });
    expect((await doc('c/a').get()).exists).toBe(false);
  });

  test('updates touch the fields of their mask only', async () => {
    await doc('c/a').set({ a: { b: 1, c: 2 }, keep: true });
    await doc('c/a').update({ 'a.b': FieldValue.delete(), 'x.y': 1 });
    await doc('c/a').update(new FieldPath('a', 'dot.ted'), 5);
    await doc('c/a').set({ a: { d: 3 } }, { merge: true });
    expect((await doc('c/a').get()).data()).toEqual({
      a: { c: 2, d: 3, 'dot.ted': 5 },
      keep: true,
      x: { y: 1 },
    });
  });

  test('transforms follow the documented arithmetic', async () => {
    const firestore = fixture.connect({ useBigInt: true });
    const ref = firestore.doc('c/a');
    await ref.set({ max: 2n ** 63n - 1n, n: 1n, d: 1.5, list: [1n, 'x'], text: 'no' });
    await ref.update({
      max: FieldValue.increment(5),
      n: FieldValue.increment(2),
      d: FieldValue.increment(1),
      list: FieldValue.arrayUnion(1, 'y', 'y'),
      text: FieldValue.increment(3),
      at: FieldValue.serverTimestamp(),
    });
    const data = (await ref.get()).data();
    expect(data).toMatchObject({
      max: 2n ** 63n - 1n,
      n: 3n,
      d: 2.5,
      list: [1n, 'x', 'y'],
      text: 3n,
    });
    expect(data?.at).toBeInstanceOf(Timestamp);
    await ref.update({ list: FieldValue.arrayRemove('x', 1) });
    expect((await ref.get()).get('list')).toEqual(['y']);
  });

  test('documents that are too large or have a reserved name are refused', async () => {
    await expect(doc('c/a').set({ text: 'x'.repeat(1_048_576) })).rejects.toMatchObject({
      code: 3,
    });
    await expect(doc('c/__a__').set({})).rejects.toMatchObject({ code: 3 });
    await doc('c/a').set({ text: 'x'.repeat(1_048_000) });
  });

  test('each write of a bulk writer succeeds or fails on its own', async () => {
    const writer = fixture.firestore.bulkWriter();
    writer.onWriteError(() => false);
    const ok = writer.set(doc('c/a'), { n: 1 });
    const failed = writer.update(doc('c/missing'), { n: 1 }).catch((error: unknown) => error);
    await writer.close();
    await ok;
    expect(await failed).toMatchObject({ code: 5 });
  });
});

describe('queries', () => {
  test('values of different types have one order', async () => {
    const order: unknown[] = [
      null,
      false,
      true,
      NaN,
      -Infinity,
      -1.5,
      0,
      1,
      1.5,
      Timestamp.fromMillis(0),
      '',
      'a',
      '\uffff',
      '😀',
      Buffer.from([1]),
      doc('a/b'),
      new GeoPoint(0, 0),
      [1],
      [1, 2],
      FieldValue.vector([1]),
      { a: 1 },
    ];
    const entries = order.map((v, i): [string, DocumentData] => [`${99 - i}`, { v }]);
    const collection = await seed(Object.fromEntries(entries));
    expect(await ids(collection.orderBy('v'))).toEqual(entries.map(([id]) => id));
    expect(await ids(collection.orderBy('v', 'desc'))).toEqual(
      entries.map(([id]) => id).toReversed(),
    );
  });

  test('filters select what the documentation says', async () => {
    const collection = await seed({
      a: { n: 1, tags: ['x'] },
      b: { n: 2, tags: ['x', 'y'] },
      c: { n: null },
      d: { n: NaN },
      e: { n: 'text' },
      f: {},
    });
    expect(await ids(collection.where('n', '==', 1))).toEqual(['a']);
    expect(await ids(collection.where('n', '>', 1))).toEqual(['b']);
    expect(await ids(collection.where('n', '!=', 1))).toEqual(['d', 'b', 'e']);
    expect(await ids(collection.where('n', '==', null))).toEqual(['c']);
    expect(await ids(collection.where('n', '==', NaN))).toEqual(['d']);
    expect(await ids(collection.where('n', 'in', [1, 'text']))).toEqual(['a', 'e']);
    expect(await ids(collection.where('n', 'not-in', [1, 2]))).toEqual(['d', 'e']);
    expect(await ids(collection.where('tags', 'array-contains', 'y'))).toEqual(['b']);
    expect(await ids(collection.where('tags', 'array-contains-any', ['x', 'z']))).toEqual([
      'a',
      'b',
    ]);
    const either = Filter.or(Filter.where('n', '==', 2), Filter.where('n', '==', 'text'));
    expect(await ids(collection.where(either))).toEqual(['b', 'e']);
    expect(await ids(collection.where(FieldPath.documentId(), '>', 'd'))).toEqual(['e', 'f']);
  });

  test('cursors, limits and offsets cut out the right window', async () => {
    const collection = await seed({ a: { n: 1 }, b: { n: 2 }, c: { n: 2 }, d: { n: 3 } });
    const byN = collection.orderBy('n');
    expect(await ids(byN.startAt(2))).toEqual(['b', 'c', 'd']);
    expect(await ids(byN.startAfter(2))).toEqual(['d']);
    expect(await ids(byN.endAt(2))).toEqual(['a', 'b', 'c']);
    expect(await ids(byN.endBefore(2))).toEqual(['a']);
    expect(await ids(byN.startAfter(await collection.doc('b').get()))).toEqual(['c', 'd']);
    expect(await ids(byN.limit(2).offset(1))).toEqual(['b', 'c']);
    expect(await ids(byN.limitToLast(2))).toEqual(['c', 'd']);
    expect((await byN.select('n').limit(1).get()).docs[0]?.data()).toEqual({ n: 1 });
  });

  test('collection groups find every collection of that id and nothing else', async () => {
    await Promise.all(['g/1', 'x/1/g/2', 'x/1/y/1/g/3', 'gg/4'].map((p) => doc(p).set({ p })));
    expect(await ids(fixture.firestore.collectionGroup('g'))).toEqual(['1', '2', '3']);
    expect(await ids(doc('x/1').collection('g'))).toEqual(['2']);
  });

  test('aggregations count, add and average', async () => {
    const collection = await seed({ a: { n: 1 }, b: { n: 2 }, c: { n: 'x' }, d: {} });
    expect((await collection.count().get()).data().count).toBe(4);
    const { AggregateField } = await import('@google-cloud/firestore');
    const sums = collection.aggregate({
      sum: AggregateField.sum('n'),
      mean: AggregateField.average('n'),
    });
    expect((await sums.get()).data()).toEqual({ sum: 3, mean: 1.5 });
  });

  test('the nearest vectors come first', async () => {
    const collection = await seed({
      far: { v: FieldValue.vector([9, 9]) },
      near: { v: FieldValue.vector([1, 1]) },
      none: {},
    });
    const query = collection.findNearest({
      vectorField: 'v',
      queryVector: [0, 0],
      limit: 5,
      distanceMeasure: 'EUCLIDEAN',
    });
    expect((await query.get()).docs.map(({ id }) => id)).toEqual(['near', 'far']);
  });

  test('collections and missing documents are listed', async () => {
    await Promise.all([doc('c/a').set({}), doc('c/b/sub/x').set({})]);
    const documents = await fixture.firestore.collection('c').listDocuments();
    expect(documents.map(({ id }) => id)).toEqual(['a', 'b']);
    expect((await doc('c/b').listCollections()).map(({ id }) => id)).toEqual(['sub']);
    expect((await fixture.firestore.listCollections()).map(({ id }) => id)).toEqual(['c']);
  });

  test('partitions cover a collection group without overlap', async () => {
    const batch = fixture.firestore.batch();
    for (let i = 0; i < 400; i++) batch.set(doc(`c/${i}`), { i });
    await batch.commit();
    const found: string[] = [];
    let partitions = 0;
    for await (const partition of fixture.firestore.collectionGroup('c').getPartitions(3)) {
      partitions++;
      found.push(...(await ids(partition.toQuery())));
    }
    expect(partitions).toBe(3);
    expect(new Set(found).size).toBe(400);
  });

  test('recursive deletes remove everything below', async () => {
    await Promise.all(['c/a', 'c/a/d/b', 'c/a/d/b/e/f', 'cc/a'].map((p) => doc(p).set({ p })));
    await fixture.firestore.recursiveDelete(fixture.firestore.collection('c'));
    expect((await fixture.firestore.listCollections()).map(({ id }) => id)).toEqual(['cc']);
  });
});

describe('transactions', () => {
  test('of two that read and write one document, one is retried and both take effect', async () => {
    await doc('c/a').set({ n: 0 });
    let attempts = 0;
    const both = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const add = (own: number) =>
      fixture.firestore.runTransaction(async (transaction) => {
        attempts++;
        const n = Number((await transaction.get(doc('c/a'))).get('n'));
        both[own]?.resolve(undefined);
        await both[1 - own]?.promise;
        transaction.update(doc('c/a'), { n: n + 1 });
      });
    await Promise.all([add(0), add(1)]);
    expect((await doc('c/a').get()).get('n')).toBe(2);
    expect(attempts).toBe(3);
  });

  test('a write from outside waits until the transaction that read the document is over', async () => {
    await doc('c/a').set({ n: 1 });
    let outside: Promise<unknown> | undefined;
    await fixture.firestore.runTransaction(async (transaction) => {
      const query = fixture.firestore.collection('c').where('n', '==', 1);
      expect((await transaction.get(query)).size).toBe(1);
      outside ??= doc('c/b').set({ n: 1 });
      transaction.update(doc('c/a'), { n: 2 });
    });
    await outside;
    const [a, b] = [await doc('c/a').get(), await doc('c/b').get()];
    expect(b.updateTime && a.updateTime && b.updateTime.valueOf() > a.updateTime.valueOf()).toBe(
      true,
    );
  });

  test('a read-only transaction reads the past it names', async () => {
    const { writeTime } = await doc('c/a').set({ n: 1 });
    await doc('c/a').set({ n: 2 });
    const past = await fixture.firestore.runTransaction((t) => t.get(doc('c/a')), {
      readOnly: true,
      readTime: writeTime,
    });
    expect(past.get('n')).toBe(1);
  });
});

describe('listeners', () => {
  /** Collects snapshots and hands them out one by one. */
  function snapshots<T>(subscribe: (next: (snapshot: T) => void) => () => void) {
    const seen: T[] = [];
    const waiting: ((snapshot: T) => void)[] = [];
    const stop = subscribe((snapshot) => {
      const next = waiting.shift();
      if (next === undefined) seen.push(snapshot);
      else next(snapshot);
    });
    const take = async () => {
      const snapshot = seen.shift();
      return snapshot ?? new Promise<T>((resolve) => waiting.push(resolve));
    };
    return { take, stop };
  }

  test('a document listener sees the document come, change and go', async () => {
    const { take, stop } = snapshots<FirebaseFirestore.DocumentSnapshot>((next) =>
      doc('c/a').onSnapshot(next),
    );
    expect((await take()).exists).toBe(false);
    await doc('c/a').set({ n: 1 });
    expect((await take()).data()).toEqual({ n: 1 });
    await doc('c/a').update({ n: 2 });
    expect((await take()).data()).toEqual({ n: 2 });
    await doc('c/a').delete();
    expect((await take()).exists).toBe(false);
    stop();
  });

  test('a query listener with a limit follows its window', async () => {
    const collection = await seed({ a: { n: 1 }, b: { n: 2 }, c: { n: 3 } });
    const { take, stop } = snapshots<FirebaseFirestore.QuerySnapshot>((next) =>
      collection.orderBy('n').limit(2).onSnapshot(next),
    );
    const shown = async () => (await take()).docs.map(({ id }) => id);
    expect(await shown()).toEqual(['a', 'b']);
    await doc('c/a').delete();
    expect(await shown()).toEqual(['b', 'c']);
    await doc('c/d').set({ n: 0 });
    expect(await shown()).toEqual(['d', 'b']);
    stop();
  });
});

test('projects and databases are kept apart, and clear empties one project', async () => {
  const other = fixture.connect({ projectId: 'other' });
  const second = fixture.connect({ databaseId: 'second' });
  await doc('c/a').set({ n: 1 });
  expect((await other.doc('c/a').get()).exists).toBe(false);
  expect((await second.doc('c/a').get()).exists).toBe(false);
  await other.doc('c/a').set({ n: 1 });
  fixture.emulator.clear('other');
  expect((await other.doc('c/a').get()).exists).toBe(false);
  expect((await doc('c/a').get()).exists).toBe(true);
});

test('paging by name through a collection group meets every document once, in both directions', async () => {
  const paths = ['g/1', 'g/2', 'g/2/g/1', 'g/3', 'x/1/g/9', 'x/2/g/0'];
  await Promise.all(paths.map((path) => doc(path).set({ path })));
  for (const direction of ['asc', 'desc'] as const) {
    const seen: string[] = [];
    let query = fixture.firestore
      .collectionGroup('g')
      .orderBy(FieldPath.documentId(), direction)
      .limit(2);
    for (let page = await query.get(); !page.empty; page = await query.get()) {
      seen.push(...page.docs.map(({ ref }) => ref.path));
      query = query.startAfter(page.docs.at(-1)?.ref.path);
    }
    expect(seen).toEqual(direction === 'asc' ? paths : paths.toReversed());
  }
});
