import { AynaError, type MirrorChange, type Outcome } from '@ayna/contract';
import type { Kysely } from 'kysely';
import { runSql } from '../run-sql.ts';
import { batchByEntity, isDeletion } from '../store/batches.ts';
import type { EntitySql } from './entity-sql.ts';

/** What became of the events of one call: one row, not one an event, which takes longer to read. */
interface OutcomesRow {
  readonly call: number;
  /** The first letters of the outcomes, in the order of the events. */
  readonly outcomes: string | null;
  /** How many events the procedure has answered. */
  readonly answered: number;
}

const outcomeOf: Readonly<Record<string, Outcome>> = { a: 'applied', s: 'stale', d: 'duplicate' };

/**
 * Applies changes in one statement, hence one transaction and one round trip: each entity's changes
 * by one procedure call.
 */
export async function applyChanges(
  kysely: Kysely<unknown>,
  targets: ReadonlyMap<string, EntitySql>,
  changes: readonly MirrorChange[],
): Promise<Outcome[]> {
  if (changes.length === 0) return [];
  const batches = batchByEntity(targets, changes);
  const calls = batches.map(
    (batch, at) =>
      `SELECT ${at} AS call, string_agg(left(outcome, 1), '' ORDER BY ordinal) AS outcomes, count(DISTINCT ordinal)::int AS answered FROM ${isDeletion(batch) ? batch.target.delete : batch.target.upsert}($${at + 1}::jsonb)`,
  );
  const rows = await runSql<OutcomesRow>(
    kysely,
    calls.join(' UNION ALL '),
    batches.map(({ target, changes: own }) =>
      JSON.stringify(own.map((change) => eventRecord(target, change))),
    ),
  );
  const outcomes = new Array<Outcome>(changes.length);
  for (const { call, outcomes: letters, answered } of rows) {
    const { target, positions } = batches[call] ?? {};
    if (!target || !positions) continue;
    for (const [at, position] of positions.entries()) {
      const outcome = outcomeOf[letters?.[at] ?? ''];
      if (outcome === undefined || answered !== positions.length) {
        throw new AynaError(
          'SqlSchemaInvalid',
          `${target.entity.name}: the procedure did not say what became of ${positions.length - answered} of ${positions.length} events`,
        );
      }
      outcomes[position] = outcome;
    }
  }
  return outcomes;
}

/** A change as the procedures take it. */
function eventRecord(
  { keyColumns, fieldColumns }: EntitySql,
  change: MirrorChange,
): Readonly<Record<string, unknown>> {
  const { key, columns } = change;
  const record: Record<string, unknown> = {
    source_version: change.sourceVersion.toString(),
    event_id: change.eventId,
    sync_source: change.syncSource,
    retry_count: change.retryCount,
  };
  if (change.replaces) record._replaces_version = change.replaces.toString();
  for (const [name, column] of keyColumns) record[column] = key[name];
  if (columns === null) record._deleted = true;
  else for (const [name, column] of fieldColumns) record[column] = columns[name];
  return record;
}
