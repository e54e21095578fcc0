import { AynaError } from '@ayna/contract';
import type { Kysely } from 'kysely';
import { runSql } from '../run-sql.ts';
import type { EntitySql } from './entity-sql.ts';

/** Deletes old tombstones, at most `limit` of them, in one transaction. */
export async function purgeBatch(
  kysely: Kysely<unknown>,
  { entity, purge }: EntitySql,
  olderThan: Date,
  limit: number,
): Promise<number> {
  const [row] = await runSql<{ readonly count: number | null }>(
    kysely,
    `SELECT ${purge}($1::timestamptz, $2::integer) AS count`,
    [olderThan.toISOString(), limit],
  );
  if (typeof row?.count !== 'number') {
    throw new AynaError('SqlSchemaInvalid', `${entity.name}: ${purge} did not return a count`);
  }
  return row.count;
}
