import { AynaError, type MirrorChange, type Outcome } from '@ayna/contract';
import type { Kysely } from 'kysely';
import { runSql } from '../run-sql.ts';
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

/** The changes of one entity: one call of one procedure. */
interface Batch {
  readonly target: EntitySql;
  readonly events: Readonly<Record<string, unknown>>[];
  /** Where each event stood in the input. */
  readonly positions: number[];
  deletions: number;
}

/**
 * Applies changes in one statement, hence one transaction and one round trip: each entity's changes
 * by one procedure call, the entities in the order of their names. With the keys in order inside
 * the procedures, all writers lock rows in one order and never deadlock; that is also why a batch
 * of writes and deletions goes whole to the upsert procedure, which takes tombstones among them.
 */
export async function applyChanges(
  kysely: Kysely<unknown>,
  targets: ReadonlyMap<string, EntitySql>,
  changes: readonly MirrorChange[],
): Promise<Outcome[]> {
  if (changes.length === 0) return [];
  const batches = batchByEntity(targets, changes);
  const calls = batches.map(
    ({ target, events, deletions }, at) =>
      `SELECT ${at} AS call, string_agg(left(outcome, 1), '' ORDER BY ordinal) AS outcomes, count(DISTINCT ordinal)::int AS answered FROM ${deletions === events.length ? target.delete : target.upsert}($${at + 1}::jsonb)`,
  );
  const rows = await runSql<OutcomesRow>(
    kysely,
    calls.join(' UNION ALL '),
    batches.map(({ events }) => JSON.stringify(events)),
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

function batchByEntity(
  targets: ReadonlyMap<string, EntitySql>,
  changes: readonly MirrorChange[],
): Batch[] {
  const batches = new Map<string, Batch>();
  for (const [position, change] of changes.entries()) {
    const { name } = change.entity;
    let batch = batches.get(name);
    if (!batch) {
      const target = targets.get(name);
      if (!target) {
        throw new AynaError('UnknownEntity', `the store was opened without the entity ${name}`);
      }
      batch = { target, events: [], positions: [], deletions: 0 };
      batches.set(name, batch);
    }
    batch.events.push(eventRecord(batch.target, change));
    batch.positions.push(position);
    if (change.columns === null) batch.deletions += 1;
  }
  return [...batches.values()].sort((a, b) =>
    a.target.entity.name < b.target.entity.name ? -1 : 1,
  );
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
