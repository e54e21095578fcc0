import type { Clock } from '../src/ports/clock.ts';

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves on, stopping at each timer, and lets what it starts come to rest. */
  advance(milliseconds: number): Promise<void>;
  /** Sets the clock that people may set, and not the other. */
  setNow(milliseconds: number): void;
}

export function manualClock(): ManualClock {
  let elapsed = 0;
  let offset = 1_760_000_000_000;
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  return {
    now: () => elapsed + offset,
    elapsed: () => elapsed,
    after: (milliseconds, callback) => {
      const timer = { at: elapsed + Math.max(0, milliseconds), callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    setNow: (milliseconds) => {
      offset = milliseconds - elapsed;
    },
    advance: async (milliseconds) => {
      const until = elapsed + milliseconds;
      await atRest();
      for (;;) {
        const next = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers = timers.filter((other) => other !== next);
        elapsed = Math.max(elapsed, next.at);
        next.callback();
        await atRest();
      }
      elapsed = until;
    },
  };
}

/** Lets every promise that can settle do so: nothing here waits for the outside. */
async function atRest(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
