import { dmMessage, type DocumentChange } from '@ayna/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runBackfill, type Checkpoint, type CheckpointStore } from '../src/index.ts';
import { trackRange } from '../src/range-progress.ts';
import { MemoryCheckpoint, keyOf, numberedDocuments, pathOf } from './numbered-documents.ts';

const known = (checkpoint: Checkpoint | undefined) =>
  (checkpoint?.entities ?? []).reduce((sum, { published }) => sum + published, 0);

/** Runs until `killAfter` documents were taken by the broker; resolves with those. */
async function runUntilKilled(
  checkpoint: MemoryCheckpoint,
  documents: number,
  killAfter: number,
  parallel: number,
  order: () => number,
): Promise<{ taken: string[]; finished: boolean }> {
  const taken: string[] = [];
  const killed = Promise.withResolvers<'killed'>();
  const end = new AbortController();
  const held: (() => void)[] = [];
  let alive = true;
  const store: CheckpointStore = {
    name: checkpoint.name,
    load: () => checkpoint.load(),
    // The dead do not write.
    save: (state) => (alive ? checkpoint.save(state) : Promise.resolve()),
  };
  const publish = async ({ path }: DocumentChange) => {
    // The broker answers in any order.
    await new Promise<void>((resolve) => {
      held.push(resolve);
      setImmediate(() => {
        const [next] = held.splice(Math.floor(order() * held.length), 1);
        next?.();
      });
    });
    if (!alive) return;
    taken.push(path);
    if (taken.length === killAfter) {
      alive = false;
      killed.resolve('killed');
    }
  };
  const run = runBackfill({
    entities: [dmMessage],
    source: numberedDocuments(documents),
    destination: 'topic',
    publish,
    checkpoint: store,
    rate: 'max',
    parallel,
    maxInFlight: 7,
    saveEveryMs: 0,
    graceMs: 0,
    signal: end.signal,
  });
  const outcome = await Promise.race([run, killed.promise]);
  end.abort();
  await run;
  return { taken, finished: outcome !== 'killed' };
}

describe('whatever the kills', () => {
  test('every document is published, and again only what the checkpoint did not know', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 60 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        async (documents, kills, parallel, randoms) => {
          const order = () => Number(randoms.next().value);
          const checkpoint = new MemoryCheckpoint();
          const published = new Map<string, number>();
          for (const killAfter of [...kills, Number.POSITIVE_INFINITY]) {
            const knownBefore = known(checkpoint.saved);
            const { taken, finished } = await runUntilKilled(
              checkpoint,
              documents,
              killAfter,
              parallel,
              order,
            );
            for (const path of taken) published.set(path, (published.get(path) ?? 0) + 1);
            expect(new Set(taken).size).toBe(taken.length);
            expect(taken.length).toBeLessThanOrEqual(documents - knownBefore);
            // The checkpoint never knows more than the broker has taken.
            expect(known(checkpoint.saved)).toBeLessThanOrEqual(published.size);
            if (finished) expect(taken).toHaveLength(documents - knownBefore);
          }
          const all = Array.from({ length: documents }, (_, number) => pathOf(number));
          expect([...published.keys()].sort()).toEqual(all);
          expect(checkpoint.saved?.finishedAt).not.toBeNull();
          expect(known(checkpoint.saved)).toBe(documents);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a range begins behind the last document up to which all have ended, in any order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }).chain((count) =>
          fc.record({
            order: fc.shuffledSubarray(
              Array.from({ length: count }, (_, number) => number),
              { minLength: 0, maxLength: count },
            ),
            count: fc.constant(count),
          }),
        ),
        ({ count, order }) => {
          const counted: string[] = [];
          const range = trackRange({ finished: false }, (outcome) => counted.push(outcome));
          const ends = Array.from({ length: count }, (_, number) => range.begin(keyOf(number)));
          for (const number of order) ends[number]?.(number % 2 === 0 ? 'published' : 'rejected');
          const ended = new Set(order);
          let reached = 0;
          while (ended.has(reached)) reached += 1;
          expect(range.checkpoint.reached).toEqual(reached === 0 ? undefined : keyOf(reached - 1));
          expect(counted).toEqual(
            Array.from({ length: reached }, (_, number) =>
              number % 2 === 0 ? 'published' : 'rejected',
            ),
          );
        },
      ),
    );
  });
});
