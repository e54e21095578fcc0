import { setTimeout as delay } from 'node:timers/promises';
import type { World } from './world/world.ts';

/** What is still on its way between Firestore and SQL. */
export interface Stuck {
  readonly pendingTriggers: number;
  readonly waitingMessages: number | string;
  readonly writers: readonly unknown[];
}

/** How a wait for quiet ended. */
export interface Settled {
  readonly seconds: number;
  /** Undefined when nothing is on its way any more. */
  readonly stuck: Stuck | undefined;
}

const POLL_MS = 200;

/** Waits until nothing is on its way, at most `limitMs`. Never rejects. */
export async function settle(world: World, limitMs: number): Promise<Settled> {
  const startedAt = performance.now();
  for (;;) {
    const { pending } = world.firestore.functions.stats();
    const waiting = await world.queue.waiting().catch((error: unknown) => String(error));
    const statuses = await world.writers.statuses();
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    const idle = statuses.every((status) => status?.inHand === 0);
    if (pending === 0 && waiting === 0 && idle) return { seconds, stuck: undefined };
    if (performance.now() - startedAt > limitMs) {
      const writers = statuses.map((status) => status ?? 'does not answer');
      return {
        seconds,
        stuck: { pendingTriggers: pending, waitingMessages: waiting, writers },
      };
    }
    await delay(POLL_MS);
  }
}
