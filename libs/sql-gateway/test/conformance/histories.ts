import { entities, type MirrorChange, type Outcome } from '@ayna/contract';
import {
  histories,
  keyText,
  modelRows,
  runs,
  spread,
  spreads,
  type Spread,
} from '@ayna/mirror-model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openMirrorStore, type MirrorRow, type MirrorStore } from '../../src/index.ts';
import { byHand } from '../by-hand.ts';
import { contentOf, type StoreUnderTest } from '../store-under-test.ts';

/** Guarantees about whole histories of documents of every entity, however they arrive. */
export function describeHistories(open: () => StoreUnderTest): void {
  test('any order, repetition and batching by two writers ends in the rows of the history', async () => {
    const { url, store, database } = open();
    await using other = openMirrorStore({ database: url, entities });
    await fc.assert(
      fc.asyncProperty(histories(), spreads(), async (history, spreading) => {
        await byHand(database).empty(entities);
        const told = await deliver([store, other], spread(spreading, history));
        await expectRows(store, history);
        expectConsistent(history, told);
      }),
      runs(40),
    );
  });

  test('a history that was delivered changes nothing when it is delivered again', async () => {
    const { url, store, database } = open();
    await using other = openMirrorStore({ database: url, entities });
    await fc.assert(
      fc.asyncProperty(histories(), spreads(), spreads(), async (history, first, again) => {
        await byHand(database).empty(entities);
        await deliver([store, other], spread(first, history));
        const before = await rowsOf(store);
        const last = new Map(history.map((change) => [keyText(change), change.sourceVersion]));
        for (const { change, outcome } of await deliver([store, other], spread(again, history))) {
          const isLast = last.get(keyText(change))?.compare(change.sourceVersion) === 0;
          expect(outcome).toBe(isLast ? 'duplicate' : 'stale');
        }
        expect(await rowsOf(store)).toEqual(before);
      }),
      runs(20),
    );
  });
}

/** What a store said about a change. */
interface Told {
  readonly change: MirrorChange;
  readonly outcome: Outcome;
}

/** Each store takes the batches of its lane, all stores at once. */
export async function deliver(
  stores: readonly MirrorStore[],
  lanes: Spread<MirrorChange>,
): Promise<Told[]> {
  const told: Told[] = [];
  const work = lanes.map(async (batches, lane) => {
    const store = stores[lane % stores.length];
    for (const batch of batches) {
      const outcomes = (await store?.apply(batch)) ?? [];
      expect(outcomes).toHaveLength(batch.length);
      for (const [at, change] of batch.entries()) {
        const outcome = outcomes[at];
        if (outcome) told.push({ change, outcome });
      }
    }
  });
  await Promise.all(work);
  return told;
}

/** Expects the rows of the model, all of them, and no other one. */
export async function expectRows(
  store: MirrorStore,
  history: readonly MirrorChange[],
): Promise<void> {
  for (const entity of entities) {
    expect(await contentOf(store, entity)).toEqual(modelRows(entity, history));
  }
}

/** Every row of every entity, with the moment at which it was written. */
async function rowsOf(store: MirrorStore): Promise<MirrorRow[]> {
  const rows: MirrorRow[] = [];
  for (const entity of entities) {
    for await (const row of store.scan(entity, { includeTombstones: true })) rows.push(row);
  }
  return rows;
}

/**
 * Expects of what was said while empty tables were filled: no change was applied twice, and the
 * last one of each document once and never called stale; a duplicate is one of a version that was
 * applied.
 */
function expectConsistent(history: readonly MirrorChange[], told: readonly Told[]): void {
  const applied = told.filter(({ outcome }) => outcome === 'applied').map(({ change }) => change);
  expect(new Set(applied).size).toBe(applied.length);
  const last = new Map(history.map((change) => [keyText(change), change]));
  for (const change of last.values()) expect(applied.includes(change)).toBe(true);
  const versions = new Set(applied.map(versionText));
  for (const { change, outcome } of told) {
    if (change === last.get(keyText(change))) expect(outcome).not.toBe('stale');
    if (outcome === 'duplicate') expect(versions.has(versionText(change))).toBe(true);
  }
}

function versionText(change: MirrorChange): string {
  return `${keyText(change)}@${change.sourceVersion.toString()}`;
}
