import { duration, seconds, type Fault } from './fault.ts';

/** The SQL server is away for a while, after an orderly stop, a crash, or as `sql.outage` says. */
export const sqlRestart: Fault = {
  name: 'sql-restart',
  plan: (random, maxMs) => {
    const how = random.pick(['fast', 'immediate']);
    const durationMs = duration(random, 500, 15_000, maxMs);
    return {
      on: 'sql',
      detail: `${how} stop, away for ${seconds(durationMs)}`,
      durationMs,
      begin: ({ sql }) => sql.stop(how),
      end: ({ sql }) => sql.start(),
    };
  },
};
