/** Time, so that tests own it. */
export interface Clock {
  /** Milliseconds since 1970, by a clock that people may set. */
  now(): number;
  /** Milliseconds since any moment, by a clock that only goes on: for durations. */
  elapsed(): number;
  /** Calls back once after so many milliseconds; returns what prevents that. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The device's clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};
