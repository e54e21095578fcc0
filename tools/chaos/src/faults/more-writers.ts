import { duration, seconds, type Fault } from './fault.ts';

/** Further writers work on the same subscription for a while. */
export const moreWriters: Fault = {
  name: 'more-writers',
  plan: (random, maxMs) => {
    const replicas = Array.from({ length: random.pick([1, 1, 2]) }, (_, index) => index + 1);
    const how = random.pick(['SIGTERM', 'SIGKILL']);
    const durationMs = duration(random, 3_000, 20_000, maxMs);
    return {
      on: 'more-writers',
      detail: `${replicas.length} more for ${seconds(durationMs)}, ended by ${how}`,
      durationMs,
      begin: ({ writers }) => {
        for (const replica of replicas) writers.up(replica);
      },
      end: async ({ writers }) => {
        await Promise.all(replicas.map((replica) => writers.down(replica, how)));
      },
    };
  },
};
