import { dmMessage } from '@ayna/contract';
import { expect, test } from 'vitest';
import { conversation, messageChange, messageDeletion } from '../sample-changes.ts';
import type { StoreUnderTest } from '../store-under-test.ts';

/** Guarantees about late, repeated and shuffled changes of one row. */
export function describeOrdering(open: () => StoreUnderTest): void {
  const apply = (...changes: Parameters<StoreUnderTest['store']['apply']>[0][number][]) =>
    open().store.apply(changes);
  const read = (messageId: string) =>
    open().store.read(dmMessage, { conversationId: conversation, messageId });

  test('applies a new row and says so', async () => {
    expect(await apply(messageChange('new', 10))).toEqual(['applied']);
    expect(await read('new')).toMatchObject({
      key: { conversationId: conversation, messageId: 'new' },
      columns: messageChange('new', 10).columns,
      eventId: 'event-new-10',
      syncSource: 'trigger',
      retryCount: 0,
      deletedAt: null,
    });
  });

  test('never overwrites a newer version: the late one is stale and changes nothing', async () => {
    await apply(messageChange('late', 20));
    const before = await read('late');
    expect(await apply(messageChange('late', 10))).toEqual(['stale']);
    expect(await apply(messageDeletion('late', 10))).toEqual(['stale']);
    expect(await read('late')).toEqual(before);
  });

  test('writes nothing for a version it holds: the repetition is a duplicate', async () => {
    await apply(messageChange('twice', 10));
    const before = await read('twice');
    const again = messageChange('twice', 10, { eventId: 'again', retryCount: 3 });
    expect(await apply(again)).toEqual(['duplicate']);
    expect(await read('twice')).toEqual(before);
  });

  test('keeps a deletion as a tombstone with the time of its version', async () => {
    await apply(messageChange('gone', 10));
    expect(await apply(messageDeletion('gone', 1_760_000_000_123_456n))).toEqual(['applied']);
    expect(await read('gone')).toMatchObject({
      columns: null,
      deletedAt: '2025-10-09T08:53:20.123456Z',
      eventId: 'event-gone-1760000000123456',
    });
    expect(await apply(messageDeletion('gone', 1_760_000_000_123_456n))).toEqual(['duplicate']);
  });

  test('keeps a deleted document deleted when its creation comes late', async () => {
    expect(await apply(messageDeletion('unborn', 20))).toEqual(['applied']);
    expect(await apply(messageChange('unborn', 10))).toEqual(['stale']);
    expect(await read('unborn')).toMatchObject({ columns: null });
  });

  test('brings a document back that was created again after its deletion', async () => {
    await apply(messageChange('back', 10));
    await apply(messageDeletion('back', 20));
    expect(await apply(messageChange('back', 30))).toEqual(['applied']);
    expect(await read('back')).toMatchObject({
      deletedAt: null,
      columns: messageChange('back', 30).columns,
    });
  });

  test('lets the deletion win over a write of the same version, whichever comes first', async () => {
    await apply(messageChange('tie1', 10));
    expect(await apply(messageDeletion('tie1', 10))).toEqual(['applied']);
    await apply(messageDeletion('tie2', 10));
    expect(await apply(messageChange('tie2', 10))).toEqual(['duplicate']);
    const write = messageChange('tie3', 10);
    expect(await apply(write, messageDeletion('tie3', 10))).toEqual(['duplicate', 'applied']);
    expect(
      await apply(messageDeletion('tie4', 10), {
        ...write,
        key: { ...write.key, messageId: 'tie4' },
      }),
    ).toEqual(['applied', 'duplicate']);
    for (const messageId of ['tie1', 'tie2', 'tie3', 'tie4']) {
      expect(await read(messageId)).toMatchObject({ columns: null });
    }
  });

  test('tells versions beyond 2^53 apart', async () => {
    const large = 9_223_372_036_854_775_000n;
    await apply(messageChange('large', large + 1n));
    expect(await apply(messageChange('large', large))).toEqual(['stale']);
    expect(await apply(messageChange('large', large + 1n))).toEqual(['duplicate']);
    expect(await apply(messageDeletion('large', large + 2n))).toEqual(['applied']);
    const row = await read('large');
    expect(row?.sourceVersion.micros).toBe(large + 2n);
    expect(row?.deletedAt).toBe('9999-12-31T23:59:59.999999Z');
    await apply(messageDeletion('large among others', large), messageChange('beside large', 1));
    expect((await read('large among others'))?.deletedAt).toBe('9999-12-31T23:59:59.999999Z');
  });

  test('reads nothing where there never was a row', async () => {
    expect(await read('never')).toBeUndefined();
  });
}
