/** When reads fall back to the phase below, and when they may come back. */
export interface PhaseLimits {
  /** P95 of SQL reads, in milliseconds: above it, fall back. */
  readonly maxP95Ms: number;
  /** ... and below it, recover. */
  readonly recoverP95Ms: number;
  /** Share of the compared rows that differ for longer than `driftGraceMs`: above it, fall back. */
  readonly maxDrift: number;
  /** ... and below it, recover. */
  readonly recoverDrift: number;
  /** What a change may take to arrive in SQL before a difference is drift, in milliseconds. */
  readonly driftGraceMs: number;
  /** Reads that fail one after the other: at so many, fall back. */
  readonly maxFailures: number;
  /** Reads that a percentile takes at least. */
  readonly minReads: number;
  /** Good reads, one after the other, that a recovery takes. */
  readonly recoverReads: number;
  /** The least time in a lower phase, in milliseconds; it doubles with each fall, up to `maxHoldMs`. */
  readonly holdMs: number;
  readonly maxHoldMs: number;
}

/**
 * The limits of the documents: P95 below 200 ms and drift below 0.1 % let reads move on, P95 above
 * 250 ms and drift above 0.5 % are alarms. What is between changes nothing.
 */
export const DEFAULT_PHASE_LIMITS: PhaseLimits = {
  maxP95Ms: 250,
  recoverP95Ms: 200,
  maxDrift: 0.005,
  recoverDrift: 0.001,
  driftGraceMs: 5_000,
  maxFailures: 2,
  minReads: 5,
  recoverReads: 5,
  holdMs: 10_000,
  maxHoldMs: 600_000,
};
