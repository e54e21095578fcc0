import type { Fault } from './fault.ts';

/**
 * Beyond a lock, beyond the time to live of the optional subscriptions, beyond the window of
 * duplicate detection. Never near the 14 days after which a waiting message expires.
 */
const JUMPS_MINUTES = [0.25, 1, 11, 180] as const;
const MS_PER_MINUTE = 60_000;

/** The broker's clock jumps forward: locks run out, and what has a time to live is gone. */
export const brokerClock: Fault = {
  name: 'broker-clock',
  plan: (random) => {
    const minutes = random.pick(JUMPS_MINUTES);
    return {
      on: 'broker',
      detail: `${minutes} minutes forward`,
      durationMs: 0,
      begin: ({ broker }) => broker.jump(minutes * MS_PER_MINUTE),
    };
  },
};
