import { dmMessage, entities, SourceVersion } from '@ayna/contract';
import { histories, keyText, modelRows, runs, spread, spreads } from '@ayna/mirror-model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byHand } from '../by-hand.ts';
import { conversation, messageChange, messageDeletion } from '../sample-changes.ts';
import { contentOf, type StoreUnderTest } from '../store-under-test.ts';
import { deliver } from './histories.ts';

const MINUTE_MS = 60_000;

/** Guarantees about the purge of tombstones. */
export function describePurge(open: () => StoreUnderTest): void {
  const read = (messageId: string) =>
    open().store.read(dmMessage, { conversationId: conversation, messageId });
  const purge = (olderThan: Date, limit?: number) =>
    open().store.purgeTombstones(dmMessage, olderThan, limit);
  const micros = (at: Date) => BigInt(at.getTime()) * 1_000n;
  const mirrored = (messageId: string, at: Date) =>
    byHand(open().database).change(
      dmMessage,
      { conversationId: conversation, messageId },
      { mirroredAt: at.toISOString() },
    );

  test('deletes a tombstone that is old by both its clocks, and nothing else', async () => {
    const { store } = open();
    const cutoff = new Date(Date.now() - 60 * MINUTE_MS);
    const older = new Date(cutoff.getTime() - 1);
    await store.apply([
      messageDeletion('old', micros(older)),
      messageDeletion('deleted late', micros(cutoff)),
      messageDeletion('mirrored late', micros(older)),
      messageChange('live', micros(older)),
    ]);
    for (const id of ['old', 'deleted late', 'live']) await mirrored(id, older);
    await mirrored('mirrored late', cutoff);
    expect(await purge(cutoff)).toBe(1);
    expect(await read('old')).toBeUndefined();
    for (const id of ['deleted late', 'mirrored late']) {
      expect(await read(id)).toMatchObject({ columns: null });
    }
    expect(await read('live')).toMatchObject({ deletedAt: null });
    expect(await purge(cutoff)).toBe(0);
  });

  test('deletes as many as it was told to, the oldest first, or all of them', async () => {
    const { store } = open();
    await purge(new Date(Date.now() + MINUTE_MS));
    await store.apply(
      Array.from({ length: 2_500 }, (_, n) => messageDeletion(`crowded ${n}`, n + 1)),
    );
    const later = new Date(Date.now() + MINUTE_MS);
    expect(await purge(later, 0)).toBe(0);
    expect(await purge(later, 2)).toBe(2);
    expect(await read('crowded 1')).toBeUndefined();
    expect(await read('crowded 2')).toBeDefined();
    expect(await purge(later, 1_200)).toBe(1_200);
    expect(await purge(later)).toBe(1_298);
  });

  test('a document that is created again while its tombstone is purged is there afterwards', async () => {
    const { store } = open();
    const ids = Array.from({ length: 300 }, (_, n) => `reborn ${n}`);
    for (let round = 0; round < 5; round += 1) {
      const version = round * 10;
      await store.apply(ids.map((id) => messageDeletion(id, version + 1)));
      const later = new Date(Date.now() + MINUTE_MS);
      const [, outcomes] = await Promise.all([
        purge(later),
        store.apply(ids.map((id) => messageChange(id, version + 2))),
        purge(later),
      ]);
      expect(new Set(outcomes)).toEqual(new Set(['applied']));
      const rows = await store.readMany(
        dmMessage,
        ids.map((messageId) => ({ conversationId: conversation, messageId })),
      );
      expect(rows.map((row) => row?.sourceVersion.micros)).toEqual(
        ids.map(() => BigInt(version + 2)),
      );
    }
  });

  test('whatever the ages: removes the old tombstones, and no event younger than the purge brings one back', async () => {
    const { store, database } = open();
    const hand = byHand(database);
    const cutoff = new Date('2026-01-01T00:00:00.500Z');
    const clocks = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 12, maxLength: 12 });
    const lives = histories({
      start: fc.integer({ min: -30, max: 3 }).map((by) => micros(cutoff) + BigInt(by)),
    });
    await fc.assert(
      fc.asyncProperty(lives, clocks, spreads(), async (history, mirroredBy, late) => {
        await hand.empty(entities);
        await deliver([store], spread([], history));
        for (const entity of entities) {
          const rows = modelRows(entity, history);
          const kept = [];
          for (const [at, row] of rows.entries()) {
            const mirroredAt = micros(cutoff) + BigInt(mirroredBy[at] ?? 0);
            const iso = SourceVersion.fromMicros(mirroredAt).toIso();
            await hand.change(entity, row.key, { mirroredAt: iso });
            const old = mirroredAt < micros(cutoff) && row.sourceVersion.micros < micros(cutoff);
            if (row.columns !== null || !old) kept.push(row);
          }
          expect(await store.purgeTombstones(entity, cutoff)).toBe(rows.length - kept.length);
          expect(await contentOf(store, entity)).toEqual(kept);
          const keys = new Set(kept.map(({ key }) => keyText({ entity, key })));
          const events = history.filter(
            (change) =>
              change.entity === entity &&
              (change.sourceVersion.micros >= micros(cutoff) || keys.has(keyText(change))),
          );
          const told = await deliver([store], spread(late, events));
          expect(told.filter(({ outcome }) => outcome === 'applied')).toEqual([]);
          expect(await contentOf(store, entity)).toEqual(kept);
        }
      }),
      runs(25),
    );
  });
}
