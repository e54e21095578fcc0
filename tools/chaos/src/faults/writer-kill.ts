import { duration, seconds, type Fault } from './fault.ts';

/** The writer dies without a word and is started again after a while. */
export const writerKill: Fault = {
  name: 'writer-kill',
  plan: (random, maxMs) => {
    const durationMs = duration(random, 100, 4_000, maxMs);
    return {
      on: 'writer-0',
      detail: `SIGKILL, started again after ${seconds(durationMs)}`,
      durationMs,
      begin: ({ writers }) => writers.down(0, 'SIGKILL'),
      end: ({ writers }) => writers.up(0),
    };
  },
};
