/** How long to wait between attempts, in milliseconds. */
export interface BackoffPolicy {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** @defaultValue 100 ms, doubling up to 15 s */
export const DEFAULT_BACKOFF: BackoffPolicy = { firstMs: 100, maxMs: 15_000 };

/**
 * The pause before the next attempt: exponential with "equal jitter", between half of the doubled
 * pause and all of it, so that many writers do not come back at the same moment.
 *
 * @param attempt 0 after the first failure
 * @param random in [0, 1)
 */
export function backoffMs(
  { firstMs, maxMs }: BackoffPolicy,
  attempt: number,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30));
  return ceiling / 2 + (random() * ceiling) / 2;
}
