import type { Clock } from './clock.ts';

/** One timer for many deadlines: it is always set to the earliest that anybody asked for. */
export interface Alarm {
  /** Sees to it that the callback runs at `atMs` or before. */
  setFor(atMs: number): void;
  cancel(): void;
}

/** Makes an alarm that calls `ring` and then forgets what it was set for. */
export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let setFor = Infinity;
  let takeBack: (() => void) | undefined;
  const cancel = () => {
    takeBack?.();
    takeBack = undefined;
    setFor = Infinity;
  };
  return {
    cancel,
    setFor(atMs) {
      if (atMs >= setFor) return;
      cancel();
      setFor = atMs;
      takeBack = clock.wakeAt(atMs, () => {
        takeBack = undefined;
        setFor = Infinity;
        ring();
      });
    },
  };
}
