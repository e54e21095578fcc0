import { checkMirror, repairMirror, type RepairOptions } from '@ayna/consistency';
import { dmMessage, entities } from '@ayna/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openWholeMirror, type WholeMirror } from './whole-mirror.ts';

let mirror: WholeMirror;
beforeAll(async () => {
  mirror = await openWholeMirror();
});
afterAll(() => mirror[Symbol.asyncDispose]());
beforeEach(() => mirror.clear());

const FAR_FUTURE = '9000000000000000000';
const recheck = { pauseMs: 1 };
const path = (id: string | number) => `conversations/c/messages/${id}`;
const bodyOf = async (messageId: string) =>
  (await mirror.store.read(dmMessage, { conversationId: 'c', messageId }))?.columns?.body;

const check = () => checkMirror({ ...mirror, entities, recheck });
const repair = (options: Partial<RepairOptions> = {}) =>
  repairMirror({
    ...mirror,
    entities,
    recheck,
    publish: (change) => mirror.repairs.publish(change),
    ...options,
  });

test('traffic during checks is never drift', async () => {
  const KEYS = 40;
  let going = true;
  const traffic = Promise.all(
    Array.from({ length: 4 }, async (_, lane) => {
      for (let at = 0; going; at += 1) {
        const id = (at * 4 + lane) % KEYS;
        await mirror.write(path(id), at % 3 === 2 ? undefined : { body: `${lane} ${at}` });
      }
    }),
  );
  // One pause is far longer than a change takes to arrive, and many changes pass within it.
  const patient = { pauseMs: 3_000, looks: 2 };
  try {
    for (let round = 0; round < 3; round += 1) {
      const { total } = await checkMirror({ ...mirror, entities, recheck: patient });
      expect(total).toMatchObject({ driftPercent: 0, unrepairable: 0 });
    }
  } finally {
    going = false;
    await traffic;
  }
  await mirror.settled();
  expect((await check()).total).toMatchObject({ driftPercent: 0, inFlight: 0 });
});

describe('a repair', () => {
  test('never overwrites what was written after it was decided', async () => {
    await mirror.write(path('a'), { body: 'one' });
    await mirror.write(path('gone'), { body: 'one' });
    await mirror.write(path('gone'), undefined);
    await mirror.settled();
    await mirror.tamper(`UPDATE dm_messages_mirror SET deleted_at = NULL, body = 'tampered'`);
    const summary = await repair({
      async publish(change) {
        await mirror.write(change.path, { body: 'newer' });
        await mirror.settled();
        await mirror.repairs.publish(change);
      },
    });
    expect(summary.repair).toMatchObject({ published: 2, repaired: 2, failed: 0 });
    await mirror.settled();
    expect([await bodyOf('a'), await bodyOf('gone')]).toEqual(['newer', 'newer']);
    expect((await check()).total.driftPercent).toBe(0);
  });

  test('of a row that is ahead brings in also what was written while it was on its way', async () => {
    await mirror.write(path('a'), { body: 'one' });
    await mirror.settled();
    await mirror.tamper(`UPDATE dm_messages_mirror SET source_version = ${FAR_FUTURE}`);
    let writes = 0;
    const summary = await repair({
      async publish(change) {
        writes += 1;
        // To the row that is ahead this is old, and the writer drops it.
        await mirror.write(change.path, { body: `write ${writes}` });
        await mirror.settled();
        await mirror.repairs.publish(change);
      },
    });
    expect(summary.repair.failed).toBe(0);
    expect((await check()).total).toMatchObject({ checked: 1, driftPercent: 0 });
  });

  test('is no repetition of the event that it publishes again, nor of an earlier repair', async () => {
    await mirror.write(path('a'), { body: 'one' });
    for (let time = 0; time < 3; time += 1) {
      await mirror.settled();
      await mirror.tamper(`UPDATE dm_messages_mirror SET body = 'tampered'`);
      expect((await repair()).repair).toMatchObject({ published: 1, repaired: 1, failed: 0 });
      expect(await bodyOf('a')).toBe('one');
    }
  });

  test('that does not arrive is told, by its path', async () => {
    await mirror.write(path('a'), { body: 'one' });
    await mirror.settled();
    await mirror.tamper(`DELETE FROM dm_messages_mirror`);
    const summary = await repair({ publish: () => Promise.resolve(), timeoutMs: 1 });
    expect(summary.repair).toMatchObject({
      published: 1,
      repaired: 0,
      failed: 1,
      failures: [{ path: path('a'), kind: 'missingInSql' }],
    });
  });

  test('does not publish what can never be mirrored, and mends all else', async () => {
    await mirror.firestore.doc(path('poison')).set({ body: 7 });
    await mirror.firestore.doc(path('good')).set({ body: 'good' });
    const summary = await repair();
    expect(summary.total).toMatchObject({ missingInSql: 2, unrepairable: 1 });
    expect(summary.repair).toMatchObject({ published: 1, repaired: 1, failed: 0 });
    expect(mirror.deadLettered()).toBe(0);
  });

  test('brings in documents that are too large for a message', async () => {
    await mirror.firestore.doc(path('large')).set({ body: 'ğ'.repeat(400_000) });
    expect((await repair()).repair).toMatchObject({ published: 1, repaired: 1 });
    expect(await bodyOf('large')).toHaveLength(400_000);
  });

  test('rejects with the failure of the broker', async () => {
    await mirror.firestore.doc(path('a')).set({ body: 'one' });
    const publish = () => Promise.reject(new Error('no broker'));
    await expect(repair({ publish })).rejects.toThrow('no broker');
  });
});
