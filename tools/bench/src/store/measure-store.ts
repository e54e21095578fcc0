import { dmMessage, type MirrorChange } from '@ayna/contract';
import type { MirrorStore } from '@ayna/sql-gateway';
import { nowMs } from '../now.ts';
import type { BulkPath } from './bulk-path.ts';
import { messageChanges } from './message-changes.ts';

/** Rows a second, round by round. */
export interface Rates {
  readonly bulk: number[];
  readonly inserts: number[];
  readonly updates: number[];
}

export interface Measuring {
  readonly batchSizes: readonly number[];
  readonly rounds: number;
  /** How long each figure is measured. */
  readonly budgetMs: number;
  /** Rows of one figure at most. */
  readonly maxRows: number;
}

/**
 * Measures batch by batch, one at a time: new rows and updates of the same rows through the store,
 * and the bulk path, which comes first in one round and last in the next.
 *
 * @throws Error when fewer or more rows are there afterwards than were written
 */
export async function measureStore(
  store: MirrorStore,
  bulk: BulkPath,
  { batchSizes, rounds, budgetMs, maxRows }: Measuring,
): Promise<ReadonlyMap<number, Rates>> {
  const rates = new Map<number, Rates>();
  let stored = 0;
  let loaded = 0;
  let version = 0;
  const timed = async (
    size: number,
    rows: number,
    first: number,
    write: (changes: readonly MirrorChange[]) => Promise<void>,
  ) => {
    let elapsedMs = 0;
    let written = 0;
    while (written < rows && elapsedMs < budgetMs) {
      const changes = messageChanges(first + written, size, version);
      const begun = nowMs();
      await write(changes);
      elapsedMs += nowMs() - begun;
      written += size;
    }
    return { written, perSecond: written / (elapsedMs / 1_000) };
  };
  const throughBulk = async (size: number): Promise<number> => {
    const { written, perSecond } = await timed(size, maxRows, 0, (changes) => bulk.insert(changes));
    loaded += written;
    return perSecond;
  };
  const throughStore = async (size: number): Promise<[inserts: number, updates: number]> => {
    const first = stored;
    version += 1;
    const inserts = await timed(size, maxRows, first, (changes) => applied(store, changes));
    stored += inserts.written;
    version += 1;
    const updates = await timed(size, inserts.written, first, (changes) => applied(store, changes));
    return [inserts.perSecond, updates.perSecond];
  };
  // Connections are made and code is compiled before anything counts.
  await throughBulk(1);
  await throughStore(1);

  for (const size of batchSizes) {
    const found: Rates = { bulk: [], inserts: [], updates: [] };
    for (let round = 0; round < rounds; round += 1) {
      if (round % 2 === 0) found.bulk.push(await throughBulk(size));
      const [inserts, updates] = await throughStore(size);
      found.inserts.push(inserts);
      found.updates.push(updates);
      if (round % 2 === 1) found.bulk.push(await throughBulk(size));
    }
    rates.set(size, found);
  }
  expectRows('the mirror', await store.count(dmMessage), stored);
  expectRows('the table of the bulk path', await bulk.count(), loaded);
  return rates;
}

async function applied(store: MirrorStore, changes: readonly MirrorChange[]): Promise<void> {
  const outcomes = await store.apply(changes);
  if (outcomes.some((outcome) => outcome !== 'applied')) {
    throw new Error(`the store answered ${[...new Set(outcomes)].join(' and ')} to new versions`);
  }
}

function expectRows(where: string, found: number, written: number): void {
  if (found !== written) throw new Error(`${where} holds ${found} rows; expected ${written}`);
}
