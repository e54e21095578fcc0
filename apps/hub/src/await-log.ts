import { setTimeout as delay } from 'node:timers/promises';
import { AynaError } from '@ayna/contract';
import { backoffMs, DEFAULT_BACKOFF, type Logger } from '@ayna/platform';
import { migrateRealtimeLog } from '@ayna/realtime';
import type { Database } from '@ayna/sql-gateway';

/**
 * Brings the log's tables to this version, however long the database is away. Resolves with false
 * when the signal ended the waiting.
 *
 * @throws AynaError what waiting cannot mend: `ConfigInvalid`, `MigrationFailed`
 */
export async function awaitLog(
  database: Database,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<boolean> {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      const steps = await migrateRealtimeLog(database);
      if (steps.length > 0) logger.info({ ran: steps.map(({ file }) => file.name) }, 'migrated');
      return true;
    } catch (error) {
      if (!(error instanceof AynaError) || !error.heals) throw error;
      const pauseMs = backoffMs(DEFAULT_BACKOFF, attempt);
      logger.warn(
        { code: error.code, attempts: attempt + 1 },
        `waiting for SQL before the start: ${error.message}; next attempt in ${Math.round(pauseMs)} ms`,
      );
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return false;
}
