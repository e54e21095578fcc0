import { duration, seconds, type Fault } from './fault.ts';

/** The writer is asked to stop, as in a deployment, and started again. */
export const writerRestart: Fault = {
  name: 'writer-restart',
  plan: (random, maxMs) => {
    const durationMs = duration(random, 100, 2_000, maxMs);
    return {
      on: 'writer-0',
      detail: `SIGTERM, started again ${seconds(durationMs)} later`,
      durationMs,
      begin: ({ writers }) => writers.down(0, 'SIGTERM'),
      end: ({ writers }) => writers.up(0),
    };
  },
};
