import type { Logger } from '@ayna/platform';
import type { RealtimeLog } from './realtime-log.ts';

export interface PurgeOptions {
  readonly log: Pick<RealtimeLog, 'purge'>;
  readonly logger: Logger;
  readonly maxAgeMs: number;
  readonly maxChanges: number;
}

const EVERY_MS = 60_000;

/** Keeps the log at its age and size, once a minute. Any number of hubs may do so. */
export function startPurge({ log, logger, maxAgeMs, maxChanges }: PurgeOptions): {
  /** Resolves when nothing is under way. Never rejects. */
  close(): Promise<void>;
} {
  let working: Promise<void> = Promise.resolve();
  const purge = async (): Promise<void> => {
    try {
      const purged = await log.purge(maxAgeMs, maxChanges);
      if (purged > 0) logger.info({ purged }, 'purged the log');
    } catch (error) {
      logger.warn({ err: error }, 'purging the log failed; it is tried again');
    }
  };
  const timer = setInterval(() => {
    working = working.then(purge);
  }, EVERY_MS);
  return {
    async close() {
      clearInterval(timer);
      await working;
    },
  };
}
