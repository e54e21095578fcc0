import { duration, seconds, type Fault } from './fault.ts';

const MS_PER_MINUTE = 60_000;

/** The wall clock of the writer's machine is wrong by minutes or hours, either way. */
export const writerClock: Fault = {
  name: 'writer-clock',
  plan: (random, maxMs) => {
    const minutes = (1 + random.below(360)) * random.pick([1, -1]);
    const durationMs = duration(random, 5_000, 25_000, maxMs);
    return {
      on: 'writer-0',
      detail: `restarted with its clock ${minutes > 0 ? '+' : ''}${minutes} minutes off for ${seconds(durationMs)}`,
      durationMs,
      begin: async ({ writers }) => {
        await writers.down(0, 'SIGTERM');
        writers.up(0, minutes * MS_PER_MINUTE);
      },
      end: async ({ writers }) => {
        await writers.down(0, 'SIGTERM');
        writers.up(0);
      },
    };
  },
};
