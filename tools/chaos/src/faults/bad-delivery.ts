import { duration, seconds, type Fault } from './fault.ts';

/** Triggers are delivered several times, out of order, and some of them late. */
export const badDelivery: Fault = {
  name: 'bad-delivery',
  plan: (random, maxMs) => {
    const copies = 1 + random.below(4);
    const window = 1 + random.below(300);
    const share = random.below(50) / 100;
    const lateMs = 500 + random.below(15_000);
    const seed = random.below(2 ** 31);
    const durationMs = duration(random, 3_000, 25_000, maxMs);
    return {
      on: 'delivery',
      detail: `${copies} copies, shuffled by ${window}, ${Math.round(share * 100)}% up to ${seconds(lateMs)} late, for ${seconds(durationMs)}`,
      durationMs,
      begin: ({ firestore }) =>
        firestore.functions.disturb({
          copies,
          shuffle: { seed, window },
          late: { seed, share, maxMs: lateMs },
        }),
      end: ({ firestore }) => firestore.functions.disturb({}),
    };
  },
};
