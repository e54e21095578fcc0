import type { Micros } from '../values/timestamp.ts';
import type { DocumentEntry, Version } from './document.ts';

/** How far back reads at a time are served, in microseconds. */
const HISTORY_RETENTION_MICROS = 5 * 60 * 1_000_000;

/** The most superseded versions kept; beyond that the oldest go first, whatever their age. */
const MAX_SUPERSEDED_VERSIONS = 100_000;

interface Superseding {
  readonly entry: DocumentEntry;
  readonly version: Version;
}

/**
 * Remembers which versions were superseded when, and forgets the old ones. `onForgotten` is called
 * for an entry whose deletion is the only thing left of it.
 */
export class History {
  #queue: Superseding[] = [];
  #head = 0;
  #horizon: Micros = 0;
  readonly #onForgotten: (entry: DocumentEntry) => void;

  constructor(onForgotten: (entry: DocumentEntry) => void) {
    this.#onForgotten = onForgotten;
  }

  /** Reads before this time can no longer be answered. */
  get horizon(): Micros {
    return this.#horizon;
  }

  /** Records that `version` has replaced an earlier one of `entry`. */
  add(entry: DocumentEntry, version: Version): void {
    this.#queue.push({ entry, version });
  }

  /** Forgets what is older than the retention or more than the maximum. Amortised O(1) a commit. */
  prune(now: Micros): void {
    const limit = now - HISTORY_RETENTION_MICROS;
    for (;;) {
      const oldest = this.#queue[this.#head];
      if (oldest === undefined) break;
      const excess = this.#queue.length - this.#head > MAX_SUPERSEDED_VERSIONS;
      if (!excess && oldest.version.time >= limit) break;
      this.#head++;
      this.#forget(oldest);
    }
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }

  #forget({ entry, version }: Superseding): void {
    this.#horizon = version.time;
    version.previous = undefined;
    if (entry.current === version && version.fields === undefined) this.#onForgotten(entry);
  }
}
