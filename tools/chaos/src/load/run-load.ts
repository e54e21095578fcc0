import { setTimeout as delay } from 'node:timers/promises';
import { adminFields, adminValues } from '@ayna/demo/admin-values';
import type { Write } from '@ayna/demo/write';
import type { Firestore } from 'firebase-admin/firestore';
import type { LoadStep } from './plan-load.ts';

/** What a load has done so far. */
export interface LoadProgress {
  writes: number;
  /** Paths that were written or deleted. */
  readonly touched: Set<string>;
  /** What Firestore refused, which nothing here should be. */
  readonly refused: string[];
}

export function newProgress(): LoadProgress {
  return { writes: 0, touched: new Set(), refused: [] };
}

const MAX_UNDER_WAY = 200;

/**
 * Carries out a plan through the real client: paced, each step at its time or as soon after it as
 * the machine allows. Writes of one document follow one another, but for bursts.
 */
export async function runLoad(
  firestore: Firestore,
  steps: Iterable<LoadStep>,
  progress: LoadProgress,
  pace: 'paced' | 'as fast as it goes',
): Promise<void> {
  const factory = adminValues(firestore);
  const last = new Map<string, Promise<void>>();
  const underWay = new Set<Promise<void>>();
  const startedAt = performance.now();

  const single = async ({ path, fields }: Write) => {
    const document = firestore.doc(path);
    if (fields) await document.set(adminFields(fields, factory));
    else await document.delete();
  };
  const batch = async (writes: readonly Write[]) => {
    const commit = firestore.batch();
    for (const { path, fields } of writes) {
      if (fields) commit.set(firestore.doc(path), adminFields(fields, factory));
    }
    await commit.commit();
  };
  const carryOut = async ({ kind, writes }: LoadStep) => {
    try {
      if (kind === 'batch') await batch(writes);
      else await Promise.all(writes.map(single));
    } catch (error) {
      progress.refused.push(error instanceof Error ? error.message : String(error));
    }
  };

  for (const step of steps) {
    const waitMs = startedAt + step.atMs - performance.now();
    if (pace === 'paced' && waitMs > 1) await delay(waitMs);
    while (underWay.size >= MAX_UNDER_WAY) await Promise.race(underWay);
    const paths = step.writes.map(({ path }) => path);
    for (const path of paths) progress.touched.add(path);
    progress.writes += step.writes.length;
    const before = Promise.all(paths.map((path) => last.get(path) ?? Promise.resolve()));
    const done = before.then(() => carryOut(step));
    underWay.add(done);
    for (const path of paths) last.set(path, done);
    void done.then(() => {
      underWay.delete(done);
      for (const path of paths) if (last.get(path) === done) last.delete(path);
    });
  }
  await Promise.all(underWay);
}
