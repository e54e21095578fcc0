import { dmMessage, followEdge } from '@ayna/contract';
import { expect, test } from 'vitest';
import { readLatencies } from '../../src/index.ts';
import { byHand } from '../by-hand.ts';
import { conversation, messageChange } from '../sample-changes.ts';
import type { StoreUnderTest } from '../store-under-test.ts';

const COMMITTED_MS = Date.parse('2026-11-21T10:00:00Z');

/** Guarantees about the latencies that an operator reads off the rows. */
export function describeLatencies(open: () => StoreUnderTest): void {
  test('are those of the newest live changes, without what was backfilled or repaired', async () => {
    const { database, store } = open();
    const rows = [
      { id: 'old', took: 9_000, minute: 0, syncSource: 'trigger' },
      { id: 'new', took: 42, minute: 3, syncSource: 'trigger' },
      { id: 'newer', took: 107, minute: 4, syncSource: 'gateway' },
      { id: 'filled', took: 86_400_000, minute: 5, syncSource: 'backfill' },
      { id: 'mended', took: 86_400_000, minute: 6, syncSource: 'repair' },
    ] as const;
    for (const { id, minute, syncSource, took } of rows) {
      const committedMs = COMMITTED_MS + minute * 60_000;
      const change = messageChange(id, BigInt(committedMs) * 1_000n);
      await store.apply([{ ...change, syncSource }]);
      await byHand(database).change(
        dmMessage,
        { conversationId: conversation, messageId: id },
        { mirroredAt: new Date(committedMs + took).toISOString() },
      );
    }
    expect(await readLatencies(database, dmMessage, 2)).toEqual([107, 42]);
    expect(await readLatencies(database, dmMessage, 100)).toEqual([107, 42, 9_000]);
  });

  test('are none where there is no row', async () => {
    expect(await readLatencies(open().database, followEdge, 10)).toEqual([]);
  });
}
