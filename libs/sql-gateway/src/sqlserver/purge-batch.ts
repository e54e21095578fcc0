import { AynaError } from '@ayna/contract';
import type { Kysely } from 'kysely';
import { runSql } from '../run-sql.ts';
import type { SqlServerTarget } from './entity-target.ts';
import { repeatCollisions } from './repeat-collisions.ts';

/** Deletes old tombstones, at most `limit` of them, in one transaction. */
export async function purgeBatch(
  kysely: Kysely<unknown>,
  { entity, purge }: SqlServerTarget,
  olderThan: Date,
  limit: number,
): Promise<number> {
  const at = olderThan.toISOString().slice(0, -1);
  const [row] = await repeatCollisions(() =>
    runSql<{ readonly Purged: number | null }>(
      kysely,
      `EXEC ${purge} @olderThan = @1, @rowLimit = @2`,
      [at, limit],
    ),
  );
  if (typeof row?.Purged !== 'number') {
    throw new AynaError('SqlSchemaInvalid', `${entity.name}: ${purge} did not return Purged`);
  }
  return row.Purged;
}
