import { deepStrictEqual, strictEqual } from 'node:assert';
import { entities, type Entity, type MirrorChange, type Outcome } from '@ayna/contract';
import fc from 'fast-check';
import { spread, spreads, type Spread } from './deliveries.ts';
import { histories } from './histories.ts';
import { keyText, modelRows, type ModelRow } from './model.ts';

/** A store of your own, as far as its conformance can be seen. */
export interface StoreUnderTest {
  /** `MirrorStore.apply` of `@ayna/sql-gateway`. */
  apply(changes: readonly MirrorChange[]): Promise<readonly Outcome[]>;
  /** Every row of an entity, tombstones included, in any order. */
  rows(entity: Entity): Promise<readonly ModelRow[]>;
  /** Forgets every row. */
  empty(): Promise<void>;
}

export interface CheckStoreOptions {
  /** How many random histories are tried. @defaultValue 100 */
  readonly runs?: number;
  /** What the histories derive from; fast-check names it when one fails. @defaultValue 1 */
  readonly seed?: number;
}

/**
 * Checks that a store keeps what every mirror store promises, whatever the test runner: random
 * histories of documents, delivered in any order, repeated, cut into batches and by two writers at
 * once, end in the rows that the history leaves; each change is told `applied`, `stale` or
 * `duplicate`; the newest change of each key is applied once; delivering all of it again changes
 * nothing.
 *
 * @throws Error of fast-check at the first history that does not, shrunk, with the seed that
 * brings it back
 *
 * @example
 * test('my store is a mirror store', () => checkStore(myStore));
 */
export async function checkStore(
  store: StoreUnderTest,
  { runs = 100, seed = 1 }: CheckStoreOptions = {},
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(histories(), spreads(), spreads(), async (history, first, again) => {
      await store.empty();
      const last = new Map(history.map((change) => [keyText(change), change]));
      const newest = (change: MirrorChange) => last.get(keyText(change)) === change;
      const told = await deliver(store, spread(first, history));
      for (const change of last.values()) {
        const applied = told.filter((each) => each.change === change && each.outcome === 'applied');
        strictEqual(applied.length, 1, `the newest change of ${keyText(change)} is applied once`);
      }
      await expectRows(store, history);
      for (const { change, outcome } of await deliver(store, spread(again, history))) {
        if (newest(change)) strictEqual(outcome, 'duplicate');
        else strictEqual(outcome === 'applied', false, 'an older change is not applied again');
      }
      await expectRows(store, history);
    }),
    { numRuns: runs, seed },
  );
}

/** What a store said about a change. */
interface Told {
  readonly change: MirrorChange;
  readonly outcome: Outcome | undefined;
}

async function deliver(store: StoreUnderTest, lanes: Spread<MirrorChange>): Promise<Told[]> {
  const told = lanes.map(async (batches) => {
    const ofLane: Told[] = [];
    for (const batch of batches) {
      const outcomes = await store.apply(batch);
      strictEqual(outcomes.length, batch.length, 'there is one outcome for each change');
      ofLane.push(...batch.map((change, at) => ({ change, outcome: outcomes[at] })));
    }
    return ofLane;
  });
  return (await Promise.all(told)).flat();
}

async function expectRows(store: StoreUnderTest, history: readonly MirrorChange[]): Promise<void> {
  for (const entity of entities) {
    const byKey = (rows: readonly ModelRow[]) =>
      new Map(rows.map((row) => [keyText({ entity, key: row.key }), row]));
    deepStrictEqual(byKey(await store.rows(entity)), byKey(modelRows(entity, history)));
  }
}
