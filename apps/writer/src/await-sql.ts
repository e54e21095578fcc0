import { setTimeout as delay } from 'node:timers/promises';
import { AynaError } from '@ayna/contract';
import { backoffMs, DEFAULT_BACKOFF, type Logger } from '@ayna/platform';
import type { Waiting } from '@ayna/processor';
import type { MirrorStore } from '@ayna/sql-gateway';

export interface AwaitSqlOptions {
  readonly logger: Logger;
  /** Ends the waiting: then it resolves, whatever SQL does. */
  readonly signal: AbortSignal;
  /** Told what is waited for, before each pause. */
  readonly onWait: (waiting: Waiting) => void;
}

/**
 * Resolves when SQL is there and has what the writer needs, however long that takes.
 *
 * @throws AynaError what waiting cannot mend: `ConfigInvalid` for a wrong password or a database
 * that does not exist, `SqlSchemaInvalid` for a table, a procedure or a right that is missing
 */
export async function awaitSql(
  store: Pick<MirrorStore, 'verifySchema'>,
  { logger, signal, onWait }: AwaitSqlOptions,
): Promise<void> {
  const since = new Date();
  for (let attempts = 1; !signal.aborted; attempts += 1) {
    try {
      await store.verifySchema();
      if (attempts > 1) logger.info({ attempts, since }, 'SQL is there');
      return;
    } catch (error) {
      if (!(error instanceof AynaError) || !error.heals) throw error;
      const { code, message: detail } = error;
      const pauseMs = backoffMs(DEFAULT_BACKOFF, attempts - 1);
      onWait({ for: 'SQL', since, attempts, code, detail });
      logger.warn(
        { code, attempts },
        `waiting for SQL before the start: ${detail}; next attempt in ${Math.round(pauseMs)} ms`,
      );
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
