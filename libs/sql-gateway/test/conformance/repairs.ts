import { dmMessage, SourceVersion, type MirrorChange } from '@ayna/contract';
import { expect, test } from 'vitest';
import { byHand } from '../by-hand.ts';
import { conversation, messageChange, messageDeletion } from '../sample-changes.ts';
import type { StoreUnderTest } from '../store-under-test.ts';

/** Beyond what a JavaScript number holds, so that one more or less is another version. */
const FUTURE = 9_223_372_036_854_775_000n;

/** Guarantees about repairs: changes that name the version of the row they replace. */
export function describeRepairs(open: () => StoreUnderTest): void {
  const apply = (...changes: MirrorChange[]) => open().store.apply(changes);
  const read = (messageId: string) =>
    open().store.read(dmMessage, { conversationId: conversation, messageId });
  const tamper = (messageId: string, values: Readonly<Record<string, string | bigint | null>>) =>
    byHand(open().database).change(dmMessage, { conversationId: conversation, messageId }, values);

  test('a row changed by hand is mended by a repair of its own version, and by nothing else', async () => {
    await apply(messageChange('tampered', 10));
    await tamper('tampered', { body: 'by hand' });
    expect(await apply(messageChange('tampered', 10))).toEqual(['duplicate']);
    expect(await read('tampered')).toMatchObject({ columns: { body: 'by hand' } });
    expect(await apply(repair(messageChange('tampered', 10), 10))).toEqual(['applied']);
    expect(await read('tampered')).toMatchObject({
      columns: messageChange('tampered', 10).columns,
      syncSource: 'repair',
    });
  });

  test('a tombstone made by hand comes back, and a live row made by hand of one is deleted', async () => {
    await apply(messageChange('buried', 10), messageDeletion('risen', 10));
    await tamper('buried', { deletedAt: new Date().toISOString(), body: null });
    await tamper('risen', { deletedAt: null, body: 'by hand' });
    expect(
      await apply(
        repair(messageChange('buried', 10), 10),
        repair(messageDeletion('risen', 10), 10),
      ),
    ).toEqual(['applied', 'applied']);
    expect(await read('buried')).toMatchObject({ columns: messageChange('buried', 10).columns });
    expect(await read('risen')).toMatchObject({ columns: null });
  });

  test('a version of the future goes back to that of the document, and later changes apply again', async () => {
    await apply(messageChange('future', 10));
    await tamper('future', { sourceVersion: FUTURE });
    expect(await apply(messageChange('future', 20))).toEqual(['stale']);
    expect(await apply(repair(messageChange('future', 20), FUTURE - 1n))).toEqual(['stale']);
    expect(await apply(repair(messageChange('future', 20), FUTURE))).toEqual(['applied']);
    expect((await read('future'))?.sourceVersion.micros).toBe(20n);
    expect(await apply(messageChange('future', 30))).toEqual(['applied']);
  });

  test.for([
    ['alone', []],
    ['beside writes', [messageChange('beside invented', 1)]],
  ] as const)('an invented row becomes a tombstone: a deletion %s', async ([how, others]) => {
    const id = `invented ${how}`;
    await apply(messageChange(id, FUTURE));
    const outcomes = await apply(repair(messageDeletion(id, 50), FUTURE), ...others);
    expect(outcomes[0]).toBe('applied');
    expect(await read(id)).toMatchObject({
      columns: null,
      deletedAt: '1970-01-01T00:00:00.000050Z',
      sourceVersion: SourceVersion.fromMicros(50n),
    });
  });

  test('a row that has changed since it was judged is left alone', async () => {
    await apply(messageChange('changed', 20));
    const before = await read('changed');
    expect(await apply(repair(messageChange('changed', 10), 15))).toEqual(['stale']);
    expect(await apply(repair(messageChange('changed', 20), 15))).toEqual(['duplicate']);
    expect(await apply(repair(messageDeletion('changed', 10), 15))).toEqual(['stale']);
    expect(await read('changed')).toEqual(before);
  });

  test('a repair of a newer version, or of a row that is not there, is applied as any change is', async () => {
    expect(await apply(repair(messageChange('newer', 10), 5))).toEqual(['applied']);
    expect(await apply(repair(messageChange('newer', 20), 5))).toEqual(['applied']);
  });

  test('a repair that comes twice ends in the same row', async () => {
    const mend = repair(messageChange('again', 10), FUTURE);
    await apply(messageChange('again', FUTURE));
    expect(await apply(mend)).toEqual(['applied']);
    expect(await apply(mend)).toEqual(['duplicate']);
    expect(await apply(messageChange('again', 20))).toEqual(['applied']);
    expect(await apply(mend, mend)).toEqual(['stale', 'stale']);
    expect((await read('again'))?.sourceVersion.micros).toBe(20n);
  });

  test('the newest change beside a repair takes the place of the row, and of no other row', async () => {
    await apply(messageChange('batched', FUTURE), messageChange('not batched', FUTURE));
    expect(
      await apply(
        messageChange('not batched', 7),
        messageChange('batched', 6),
        repair(messageChange('batched', 5), FUTURE),
        messageDeletion('batched', 7),
        messageChange('batched', 7),
      ),
    ).toEqual(['stale', 'stale', 'stale', 'applied', 'duplicate']);
    expect(await read('batched')).toMatchObject({ columns: null, eventId: 'event-batched-7' });
    expect((await read('not batched'))?.sourceVersion.micros).toBe(FUTURE);
  });

  test('a batch of 1,000 repairs mends 1,000 rows', async () => {
    const changes = Array.from({ length: 1_000 }, (_, n) => messageChange(`crowd${n}`, 10));
    await apply(...changes);
    for (const { key } of changes) {
      await byHand(open().database).change(dmMessage, key, { sourceVersion: 99n, body: 'by hand' });
    }
    const outcomes = await apply(...changes.map((change) => repair(change, 99)));
    expect(new Set(outcomes)).toEqual(new Set(['applied']));
    const rows = await open().store.readMany(
      dmMessage,
      changes.map(({ key }) => key),
    );
    expect(rows.map((row) => row?.columns)).toEqual(changes.map(({ columns }) => columns));
  });
}

function repair(change: MirrorChange, replaces: bigint | number): MirrorChange {
  return {
    ...change,
    syncSource: 'repair',
    replaces: SourceVersion.fromMicros(BigInt(replaces)),
  };
}
