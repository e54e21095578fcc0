import type { Clock } from '@ayna/emulator-service-bus';

/** The clock on the wall, until it jumps. */
export interface JumpingClock extends Clock {
  /** Moves time forward at once; whoever waits looks at the time again. */
  jump(byMs: number): void;
}

/** `setTimeout` takes no more than this; a longer wait is cut, and asked for again. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** @param aheadMs how far ahead of the wall it is at the start */
export function jumpingClock(aheadMs: number): JumpingClock {
  let ahead = aheadMs;
  const waiting = new Map<() => void, NodeJS.Timeout>();
  const now = () => Date.now() + ahead;
  const ring = (callback: () => void) => {
    clearTimeout(waiting.get(callback));
    waiting.delete(callback);
    callback();
  };
  return {
    now,
    wakeAt: (atMs, callback) => {
      const once = () => callback();
      const delayMs = Math.min(Math.max(atMs - now(), 0), LONGEST_TIMEOUT_MS);
      waiting.set(once, setTimeout(() => ring(once), delayMs).unref());
      return () => {
        clearTimeout(waiting.get(once));
        waiting.delete(once);
      };
    },
    jump: (byMs) => {
      ahead += byMs;
      for (const callback of [...waiting.keys()]) if (waiting.has(callback)) ring(callback);
    },
  };
}
