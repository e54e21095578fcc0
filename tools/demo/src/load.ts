import { setTimeout as delay } from 'node:timers/promises';
import type { Firestore } from 'firebase-admin/firestore';
import { adminFields, adminValues } from './admin-values.ts';
import type { DemoOptions } from './options.ts';
import type { Write } from './write.ts';

/** How far a load has come. */
export interface LoadProgress {
  /** Writes begun. */
  writes: number;
  /** Paths that were written or deleted. */
  readonly touched: Set<string>;
  /** Writes that Firestore refused, each with what it said. */
  readonly refused: string[];
}

export function newProgress(): LoadProgress {
  return { writes: 0, touched: new Set(), refused: [] };
}

export interface LoadOptions {
  readonly firestore: Firestore;
  readonly writes: AsyncIterable<Write> | Iterable<Write>;
  readonly rate: DemoOptions['rate'];
  /** Kept up to date while the load runs. */
  readonly progress: LoadProgress;
  /** Changes that are on their way to SQL. */
  readonly backlog: () => number;
  /** Ends the load early; what is on its way is finished. */
  readonly signal: AbortSignal;
}

/** Writes under way at once. */
const CONCURRENCY = 32;

/** A paced load holds back while more changes than this are on their way: 200 ms at 1,000 a second. */
const MAX_BACKLOG = 150;

const PAUSE_MS = 2;

/**
 * Writes a load through the real client, as fast as its rate allows. Resolves when all is written,
 * or the signal has ended it.
 */
export async function runLoad(options: LoadOptions): Promise<void> {
  const { firestore, backlog, signal, rate, progress } = options;
  const factory = adminValues(firestore);
  const startedAt = performance.now();

  const mayWrite = () => {
    if (rate === 'max') return true;
    if (rate === 'paced') return backlog() < MAX_BACKLOG;
    return progress.writes < ((performance.now() - startedAt) / 1_000) * rate;
  };

  const iterator = iterate(options.writes);
  const worker = async () => {
    while (!signal.aborted) {
      if (!mayWrite()) {
        await delay(PAUSE_MS);
        continue;
      }
      progress.writes += 1;
      const next = await iterator.next();
      if (next.done === true) {
        progress.writes -= 1;
        return;
      }
      const { path, fields, line } = next.value;
      try {
        const document = firestore.doc(path);
        if (fields) await document.set(adminFields(fields, factory));
        else await document.delete();
        progress.touched.add(path);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        progress.refused.push(`${line === undefined ? path : `line ${line}`}: ${reason}`);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

async function* iterate(
  writes: AsyncIterable<Write> | Iterable<Write>,
): AsyncGenerator<Write, undefined> {
  yield* writes;
}
