import type { ReadPhase } from '../ports/client-flags.ts';

/** A list as it is shown. */
export interface ListView<Row> {
  /** The newest first. */
  readonly rows: readonly Row[];
  readonly source: 'firestore' | 'sql';
  /** The phase that holds, which may be below the flag's. */
  readonly phase: ReadPhase;
  /** Whether there are more, for `loadMore`. */
  readonly hasMore: boolean;
  /** True while the source cannot be read; the rows are those read last. */
  readonly isStale: boolean;
}

/** A list that is kept up to date until it is closed. */
export interface WatchedList {
  /** Shows a page more. */
  loadMore(): void;
  /** Reads SQL at once: something has changed. */
  refresh(): void;
  close(): void;
}
