import { setTimeout as delay } from 'node:timers/promises';

/** Lets work begin at a steady rate. */
export interface Pacer {
  /** Resolves when the next piece of work may begin; rejects when `signal` is aborted. */
  turn(signal: AbortSignal): Promise<void>;
}

/** What a pacer needs of time, so that tests need not wait. */
export interface PacerClock {
  /** Milliseconds, never going back. */
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

const systemClock: PacerClock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
};

/**
 * How much of a delay is made up for by going faster afterwards. Timers are late by some
 * milliseconds, and the mean must be kept; but after a pause there is no burst.
 */
const CATCH_UP_MS = 50;

/**
 * Spaces turns evenly, `perSecond` of them in a second. Each turn has a moment of its own, one
 * interval after that of the turn before, so that waiting callers are served in order.
 */
export function createPacer(perSecond: number | 'max', clock: PacerClock = systemClock): Pacer {
  const intervalMs = perSecond === 'max' ? 0 : 1_000 / perSecond;
  let nextAt = clock.now();
  return {
    turn: async (signal) => {
      signal.throwIfAborted();
      const now = clock.now();
      const at = Math.max(nextAt, now - CATCH_UP_MS);
      nextAt = at + intervalMs;
      if (at > now) await clock.sleep(at - now, signal);
    },
  };
}
