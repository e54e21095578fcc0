import type { LogRow, LogState } from '../log/realtime-log.ts';

/** Brings the changes of the log to clients. */
export interface FanOut {
  /**
   * Called with changes in the order of the log, each once, one call after the other. What it does
   * with them must not depend on the time it takes: the log is read on when it resolves. Rejects
   * when it cannot be done now; the same changes come again then.
   */
  push(rows: readonly LogRow[], epoch: string): Promise<void> | void;
  /**
   * Called when the log does not continue where it was left, because it began anew or was purged
   * further than it had been read: clients have to read the state.
   */
  reset(state: LogState, reason: 'expired' | 'unknown'): Promise<void> | void;
}
