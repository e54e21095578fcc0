import { setTimeout as delay } from 'node:timers/promises';

const MS_PER_SECOND = 1_000;

/** Makes a function that resolves at most so often a second, evenly, in the order of its calls. */
export function paceOf(ratePerSecond: number | undefined): () => Promise<void> {
  if (ratePerSecond === undefined) return () => Promise.resolve();
  const stepMs = MS_PER_SECOND / ratePerSecond;
  let next = 0;
  return async () => {
    const now = performance.now();
    const at = Math.max(now, next);
    next = at + stepMs;
    if (at > now) await delay(at - now);
  };
}
