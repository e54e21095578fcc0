/**
 * The time of the broker. Injected, so that a test moves it by hand instead of sleeping.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;

  /**
   * Calls back once, at `atMs` or somewhat earlier: whoever is called looks at `now()` and asks again
   * if it is too early. Returns what takes the wish back.
   */
  wakeAt(atMs: number, callback: () => void): () => void;
}

/** `setTimeout` takes no more than 2^31 - 1 ms; a longer wait is cut and asked for again. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** The clock on the wall. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  wakeAt(atMs, callback) {
    const delayMs = Math.min(Math.max(atMs - Date.now(), 0), LONGEST_TIMEOUT_MS);
    const timer = setTimeout(callback, delayMs).unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

/** A clock that stands still until it is told to move. */
export interface ManualClock extends Clock {
  /** Moves time on and calls, in order, everyone whose time has come. */
  advance(byMs: number): void;
}

/** Makes a clock for tests. */
export function createManualClock(startMs = Date.now()): ManualClock {
  let nowMs = startMs;
  const waiting = new Set<{ atMs: number; callback: () => void }>();
  return {
    now: () => nowMs,
    wakeAt(atMs, callback) {
      const wish = { atMs, callback };
      waiting.add(wish);
      return () => waiting.delete(wish);
    },
    advance(byMs) {
      const untilMs = nowMs + byMs;
      for (;;) {
        const due = [...waiting]
          .filter((wish) => wish.atMs <= untilMs)
          .sort((a, b) => a.atMs - b.atMs)[0];
        if (!due) break;
        waiting.delete(due);
        nowMs = Math.max(nowMs, due.atMs);
        due.callback();
      }
      nowMs = untilMs;
    },
  };
}
