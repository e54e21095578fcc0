import { subscribe } from 'node:diagnostics_channel';
import { entities, type MirrorChange, type Outcome } from '@ayna/contract';
import { seededRandom, type Random } from '@ayna/processes';
import { COLLISION_CHANNEL, openMirrorStore } from '@ayna/sql-gateway';
import { planRound } from './plan-round.ts';
import type { RoundOrder, RoundTold } from './told.ts';

/**
 * A program: one of two writers on the same keys. It is told a round, delivers the changes of its
 * plan in an order and in batches of its own, two batches at a time, and tells what became of each.
 *
 * An error of a call ends it.
 */
const [url = '', seedText = '', writer = ''] = process.argv.slice(2);
const seed = Number(seedText);
const BATCHES_AT_ONCE = 2;
const LARGEST_BATCH = 200;

const store = openMirrorStore({ database: url, entities });
await store.verifySchema();
let collisions: Record<string, number> = {};
subscribe(COLLISION_CHANNEL, (message) => {
  const { number } = message as { readonly number: number };
  collisions[number] = (collisions[number] ?? 0) + 1;
});

process.on('message', (order: RoundOrder) => {
  void deliver(order).then((told) => process.send?.(told));
});
process.once('SIGTERM', () => void store.close().then(() => process.exit(0)));
process.send?.('ready');

async function deliver({ round, isLast }: RoundOrder): Promise<RoundTold> {
  const { changes } = planRound(seed, round, isLast);
  const random = seededRandom((seed * 97 + round) * 2 + Number(writer));
  const batches = inBatches(shuffled([...changes.keys()], random), random);
  const outcomes = new Array<Outcome>(changes.length);
  const startedAt = performance.now();
  let slowestMs = 0;
  const calls = batches.length;
  const lane = async () => {
    for (let batch = batches.pop(); batch; batch = batches.pop()) {
      const begun = performance.now();
      const told = await store.apply(batch.map((at) => changes[at]).filter(isChange));
      slowestMs = Math.max(slowestMs, performance.now() - begun);
      for (const [at, outcome] of told.entries()) outcomes[batch[at] ?? -1] = outcome;
    }
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, lane));
  const seconds = (performance.now() - startedAt) / 1_000;
  const counted = collisions;
  collisions = {};
  return { outcomes, calls, collisions: counted, slowestMs, seconds };
}

/** Out of order by a few places, by many, or altogether. */
function shuffled(positions: number[], random: Random): number[] {
  const reach = random.pick([20, 200, positions.length * 10]);
  return positions
    .map((position) => ({ position, at: position + random.next() * reach }))
    .sort((a, b) => a.at - b.at)
    .map(({ position }) => position);
}

/** Batches of 1 to 200, small ones more often than large ones. */
function inBatches(positions: readonly number[], random: Random): number[][] {
  const batches: number[][] = [];
  for (let from = 0; from < positions.length;) {
    const size = Math.ceil(LARGEST_BATCH ** random.next());
    batches.push(positions.slice(from, from + size));
    from += size;
  }
  return batches;
}

function isChange(change: MirrorChange | undefined): change is MirrorChange {
  return change !== undefined;
}
