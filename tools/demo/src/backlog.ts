import { setTimeout as delay } from 'node:timers/promises';
import type { Ends } from './embedded-ends.ts';

const POLL_MS = 20;

/** Follows how many changes are on their way between Firestore and SQL. */
export interface Backlog {
  /** As of the last look, plus what has been written since. */
  current(): number;
  /** Resolves once nothing is on its way; ends early when `signal` is aborted. */
  drained(signal: AbortSignal): Promise<void>;
  stop(): void;
}

/**
 * Looks at the triggers and at the queue every 20 ms.
 *
 * @param written how many writes the load has begun
 */
export function followBacklog(ends: Ends, written: () => number, copies: number): Backlog {
  const stopped = new AbortController();
  let queued = 0;
  let writtenAtLook = 0;

  const pending = () => Math.ceil(ends.firestore.functions.stats().pending / copies);
  const look = async () => {
    const before = written();
    queued = (await ends.queue.waiting()) + pending();
    writtenAtLook = before;
  };
  const follow = async () => {
    while (!stopped.signal.aborted) {
      await look();
      await delay(POLL_MS);
    }
  };
  const following = follow();
  // A broker that went away is noticed by whoever waits for the backlog to drain.
  following.catch(() => undefined);

  return {
    current: () => queued + written() - writtenAtLook,
    drained: async (signal) => {
      while (!signal.aborted) {
        await ends.firestore.functions.drain();
        await look();
        if (queued === 0 && (await ends.writer().status()).inHand === 0) return;
        await delay(POLL_MS);
      }
    },
    stop: () => stopped.abort(),
  };
}
