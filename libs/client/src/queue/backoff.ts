/** How pauses between attempts grow. */
export interface Backoff {
  /** The longest pause after the first failure, in milliseconds. */
  readonly baseMs: number;
  readonly maxMs: number;
}

/** Full jitter: anything between a hundredth of the doubled pause and all of it. */
export function backoffMs({ baseMs, maxMs }: Backoff, failures: number, random: number): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.ceil(ceiling * Math.max(0.01, random));
}
