import { AynaError } from '@ayna/contract';
import type { Kysely } from 'kysely';
import { runSql } from '../run-sql.ts';
import type { EntitySql } from './entity-sql.ts';

/** Few enough that a writer which meets one of the rows hardly waits. */
const BATCH_SIZE = 1_000;

/** Deletes old tombstones, a batch in each transaction, until none is left or `limit` is reached. */
export async function purgeTombstones(
  kysely: Kysely<unknown>,
  { entity, purge }: EntitySql,
  olderThan: Date,
  limit = Number.POSITIVE_INFINITY,
): Promise<number> {
  let purged = 0;
  while (purged < limit) {
    const batchSize = Math.min(BATCH_SIZE, limit - purged);
    const [row] = await runSql<{ readonly count: number | null }>(
      kysely,
      `SELECT ${purge}($1::timestamptz, $2::integer) AS count`,
      [olderThan.toISOString(), batchSize],
    );
    if (typeof row?.count !== 'number') {
      throw new AynaError('SqlSchemaInvalid', `${entity.name}: ${purge} did not return a count`);
    }
    purged += row.count;
    if (row.count < batchSize) break;
  }
  return purged;
}
