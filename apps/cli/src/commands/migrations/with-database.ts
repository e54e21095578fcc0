import { readConfig } from '@ayna/platform';
import { openDatabase, sqlOf, sqlSettings, type Database } from '@ayna/sql-gateway';
import type { CommandContext } from '../../command-context.ts';

/** An index over a full table takes its time, and a migration that is cut off begins anew. */
const STATEMENT_TIMEOUT_MS = 3_600_000;

/** Opens the database that the settings name, and closes it when the work is done. */
export async function withDatabase<T>(
  { env }: CommandContext,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const { database: url, accessToken } = sqlOf(readConfig(sqlSettings, env));
  await using database = openDatabase({
    url,
    ...(accessToken === undefined ? {} : { accessToken }),
    poolSize: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    applicationName: 'ayna migrations',
  });
  return await work(database);
}
