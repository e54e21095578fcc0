import { AynaError, pascalCase, type MirrorChange, type Outcome } from '@ayna/contract';
import type { Kysely } from 'kysely';
import { runSql } from '../run-sql.ts';
import { batchByEntity, isDeletion, type Batch } from '../store/batches.ts';
import type { SqlServerTarget } from './entity-target.ts';
import { eventJson, type EventValue } from './event-json.ts';
import { repeatCollisions } from './repeat-collisions.ts';

interface OutcomeRow {
  readonly Ordinal: number;
  readonly Outcome: string;
}

const outcomes: ReadonlySet<string> = new Set<Outcome>(['applied', 'stale', 'duplicate']);

/**
 * Applies changes in one transaction and one round trip: each entity's changes by one procedure call.
 * A call that lost against another writer has changed nothing, and is made again.
 */
export async function applyChanges(
  kysely: Kysely<unknown>,
  targets: ReadonlyMap<string, SqlServerTarget>,
  changes: readonly MirrorChange[],
): Promise<Outcome[]> {
  if (changes.length === 0) return [];
  const batches = batchByEntity(targets, changes);
  const calls = batches
    .map(
      (batch, at) =>
        `EXEC ${isDeletion(batch) ? batch.target.delete : batch.target.upsert} @events = @${at + 1};`,
    )
    .join(' ');
  const text =
    batches.length === 1
      ? calls
      : `SET XACT_ABORT ON; BEGIN TRANSACTION; ${calls} COMMIT TRANSACTION;`;
  const parameters = batches.map(
    ({ changes: own }) => `[${own.map((change) => eventJson(eventValues(change))).join(',')}]`,
  );
  const rows = await repeatCollisions(() => runSql<OutcomeRow>(kysely, text, parameters));
  return inOrder(batches, rows, changes.length);
}

/** The outcomes, in the order of the input, from the answers of the calls one after the other. */
function inOrder(
  batches: readonly Batch<SqlServerTarget>[],
  rows: readonly OutcomeRow[],
  count: number,
): Outcome[] {
  const inOrder = new Array<Outcome>(count);
  let read = 0;
  for (const { target, positions } of batches) {
    for (const [at, position] of positions.entries()) {
      const { Ordinal: ordinal, Outcome: outcome } = rows[read + at] ?? {};
      if (ordinal !== at + 1 || outcome === undefined || !isOutcome(outcome)) {
        throw new AynaError(
          'SqlSchemaInvalid',
          `${target.entity.name}: the procedure did not say what became of event ${at + 1} of ${positions.length}: expected rows (Ordinal, Outcome) in the order of the events`,
        );
      }
      inOrder[position] = outcome;
    }
    read += positions.length;
  }
  return inOrder;
}

function isOutcome(text: string): text is Outcome {
  return outcomes.has(text);
}

/** A change as the procedures take it: each value by its name. */
function eventValues(change: MirrorChange): Readonly<Record<string, EventValue>> {
  const { entity, key, columns } = change;
  const values: Record<string, EventValue> = {
    SourceVersion: change.sourceVersion.toString(),
    EventId: storable(change.eventId, 'event id'),
    SyncSource: change.syncSource,
    RetryCount: change.retryCount.toString(),
  };
  if (change.replaces) values._ReplacesVersion = change.replaces.toString();
  for (const name of entity.key) values[pascalCase(name)] = storable(key[name] ?? '', name);
  if (columns === null) values._Deleted = { json: true };
  else {
    for (const [name, { kind }] of Object.entries(entity.fields)) {
      const value = columns[name] ?? null;
      values[pascalCase(name)] =
        kind === 'json' || typeof value !== 'string' ? { json: value } : value;
    }
  }
  return values;
}

/**
 * Refuses what PostgreSQL refuses. SQL Server would keep it, and two keys with halves of characters
 * would become one.
 *
 * @throws AynaError `SqlRejected`
 */
function storable(text: string, name: string): string {
  if (text.isWellFormed() && !text.includes('\0')) return text;
  throw new AynaError('SqlRejected', `${name}: U+0000 and halves of characters cannot be stored`);
}
