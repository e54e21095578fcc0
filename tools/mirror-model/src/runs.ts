/** Below the time limit of a test, with room for the last run to end. */
const TIME_LIMIT_MS = 40_000;

/**
 * The settings of a property that talks to a database: that many runs, or as many as fit in 40 s.
 * A failure that takes long to shrink is told, with its seed, as far as it was shrunk by then.
 */
export function runs(numRuns: number): { numRuns: number; interruptAfterTimeLimit: number } {
  return { numRuns, interruptAfterTimeLimit: TIME_LIMIT_MS };
}
