import type { Comparison } from './compare-rows.ts';

/** What is left of a comparison once changes on their way are taken out. */
export interface Drift {
  readonly checked: number;
  /** The keys that have differed in the same way for longer than a change may take. */
  readonly keys: readonly string[];
}

/**
 * Tells drift from changes that are on their way: only a difference that is still the same at a
 * later look, after the grace, is one.
 */
export class DriftWatch {
  readonly #graceMs: number;
  #seen = new Map<string, { readonly difference: string; readonly since: number }>();

  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  /** @param now milliseconds by a clock that only goes on */
  look({ checked, differences }: Comparison, now: number): Drift {
    const before = this.#seen;
    this.#seen = new Map();
    const keys: string[] = [];
    for (const [key, difference] of differences) {
      const known = before.get(key);
      const since = known?.difference === difference ? known.since : now;
      this.#seen.set(key, { difference, since });
      if (known?.difference === difference && now - since >= this.#graceMs) keys.push(key);
    }
    return { checked: checked - (differences.size - keys.length), keys };
  }
}
