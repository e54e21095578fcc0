import { duration, seconds, type Fault } from './fault.ts';

/** The broker is away for a while; what it had acknowledged is on its disk. */
export const brokerRestart: Fault = {
  name: 'broker-restart',
  plan: (random, maxMs) => {
    const how = random.pick(['SIGKILL', 'SIGTERM']);
    const durationMs = duration(random, 100, 10_000, maxMs);
    return {
      on: 'broker',
      detail: `${how}, away for ${seconds(durationMs)}`,
      durationMs,
      begin: ({ broker }) => broker.stop(how),
      end: ({ broker }) => broker.start(),
    };
  },
};
