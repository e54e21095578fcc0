import type { Entity } from '@ayna/contract';
import type { Database } from '../database.ts';
import { sqlError } from '../errors/sql-error.ts';
import { MirrorNaming } from './mirror-naming.ts';

interface LatencyRow {
  readonly sourceVersion: string;
  readonly mirroredAt: string;
  readonly syncSource: string | null;
}

/** What is written as it happens; a backfill or a repair writes what is long past. */
const LIVE_SOURCES = ['trigger', 'gateway'];

/**
 * How long the changes that came last took from their commit in Firestore to SQL, in milliseconds,
 * the newest first. Firestore's clock tells the one and the database's the other: what they differ
 * by is in it. There is no index for it: the table is read once.
 *
 * @param limit how many changes at most
 * @throws AynaError `SqlUnavailable` or another of SQL
 */
export async function readLatencies(
  { kysely, dialect, target }: Database,
  entity: Entity,
  limit: number,
): Promise<number[]> {
  const table = entity.table.replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  const newest = kysely
    .$extendTables<Record<string, LatencyRow>>()
    .withPlugin(new MirrorNaming(dialect))
    .selectFrom(table)
    .select(['sourceVersion', 'mirroredAt'])
    .where('syncSource', 'in', LIVE_SOURCES)
    .orderBy('mirroredAt', 'desc');
  try {
    const rows = await (
      dialect === 'sqlserver' ? newest.top(limit) : newest.limit(limit)
    ).execute();
    return rows.map(({ mirroredAt, sourceVersion }) =>
      Math.max(0, Date.parse(mirroredAt) - Number(BigInt(sourceVersion) / 1_000n)),
    );
  } catch (error) {
    throw sqlError(error, `reading latencies of ${entity.name} (${target})`);
  }
}
