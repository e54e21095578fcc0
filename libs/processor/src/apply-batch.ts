import { setTimeout as delay } from 'node:timers/promises';
import { AynaError, type MirrorChange, type Outcome } from '@ayna/contract';
import type { MirrorStore } from '@ayna/sql-gateway';
import { backoffMs, type BackoffPolicy } from './backoff.ts';

/** What became of one change: the store's outcome, or the reason why it can never be applied. */
export type Verdict =
  | { readonly kind: 'committed'; readonly outcome: Outcome }
  | { readonly kind: 'rejected'; readonly error: AynaError };

export interface ApplyOptions {
  readonly store: Pick<MirrorStore, 'apply'>;
  readonly backoff: BackoffPolicy;
  /** Aborted at shutdown: waiting ends, and the changes stay unsettled. */
  readonly signal: AbortSignal;
  /** Told before each wait for a store that cannot take work now. */
  readonly onWait: (error: AynaError, attempt: number, pauseMs: number) => void;
}

/**
 * Applies changes, whatever it takes.
 *
 * A failure that time can heal is waited out, however long it lasts. When the store refuses the
 * data itself, the batch is halved until the culprits stand alone; their neighbours commit.
 *
 * Rejects only when `signal` is aborted while the store cannot take work.
 */
export async function applyBatch(
  changes: readonly MirrorChange[],
  options: ApplyOptions,
): Promise<Verdict[]> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const outcomes = await options.store.apply(changes);
      return outcomes.map((outcome) => ({ kind: 'committed', outcome }));
    } catch (error) {
      const failure = storeFailure(error);
      if (failure.code === 'SqlRejected') return halve(changes, failure, options);
      const pauseMs = backoffMs(options.backoff, attempt);
      options.onWait(failure, attempt, pauseMs);
      await delay(pauseMs, undefined, { signal: options.signal });
    }
  }
}

async function halve(
  changes: readonly MirrorChange[],
  error: AynaError,
  options: ApplyOptions,
): Promise<Verdict[]> {
  if (changes.length === 1) return [{ kind: 'rejected', error }];
  const middle = Math.ceil(changes.length / 2);
  return [
    ...(await applyBatch(changes.slice(0, middle), options)),
    ...(await applyBatch(changes.slice(middle), options)),
  ];
}

/** A failure without a code is a bug or a driver's surprise; both are waited out, never dead-lettered. */
function storeFailure(error: unknown): AynaError {
  if (error instanceof AynaError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AynaError('SqlUnavailable', message, { cause: error });
}
