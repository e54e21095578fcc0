import type { Entity } from '@ayna/contract';
import { generatedNote } from '../generated-note.ts';
import { KEY_TYPE } from './column-types.ts';
import { postgresNames, quoteName } from './names.ts';
import {
  classifyOutcomes,
  declareRepairs,
  isReplaced,
  records,
  tombstoneTime,
} from './procedure-parts.ts';

/** The procedure that writes tombstones. */
export function deleteProcedure(entity: Entity): string {
  const names = postgresNames(entity);
  const key = names.key.map(quoteName);
  const keys = key.join(', ');
  const meta = ['source_version', 'event_id', 'sync_source', 'retry_count'];
  return `${generatedNote(entity)}
--
-- Writes a batch of tombstones, also for rows that never were: an event that comes late must not
-- bring a deleted document back. "events" is a JSON array of objects:
--   ${names.key.join(', ')}: the row;
--   source_version, event_id, sync_source, retry_count: where the deletion comes from;
--   _replaces_version: of a repair, as ${names.upsert} says.
-- Returns one row for each event: its position in the array, counted from 1, and what became of it:
-- applied, stale or duplicate, as ${names.upsert} says.
CREATE OR REPLACE FUNCTION ${names.delete}(events jsonb)
RETURNS TABLE (ordinal integer, outcome text)
LANGUAGE plpgsql
AS $procedure$
#variable_conflict use_column
DECLARE
  _applied integer[];
  ${declareRepairs}
BEGIN
  -- The newest event of each key. Rows are locked in the order of their keys, so that two writers
  -- never wait for each other.
  WITH event AS (
    SELECT *
    FROM ${records(
      [
        ...key.map((name): [string, string] => [name, KEY_TYPE]),
        ['source_version', 'bigint'],
        ['event_id', 'text'],
        ['sync_source', 'text'],
        ['retry_count', 'integer'],
      ],
      '      ',
    )}
  ), newest AS (
    SELECT DISTINCT ON (${keys}) *
    FROM event
    ORDER BY ${keys}, source_version DESC, _ordinal
  ), written AS (
    INSERT INTO ${quoteName(names.table)} AS mirror (
      ${[...key, ...meta, 'deleted_at', 'mirrored_at'].join(', ')}
    )
    SELECT
      ${[...key, ...meta].join(', ')},
      ${tombstoneTime},
      clock_timestamp()
    FROM newest
    ORDER BY ${keys}
    ON CONFLICT (${keys}) DO UPDATE SET
${[
  ...names.fields.map((name) => `      ${quoteName(name)} = NULL`),
  ...[...meta, 'deleted_at', 'mirrored_at'].map((name) => `      ${name} = excluded.${name}`),
].join(',\n')}
    WHERE mirror.source_version < excluded.source_version
      OR (mirror.source_version = excluded.source_version AND mirror.deleted_at IS NULL)
      OR ${isReplaced(names)}
    RETURNING ${key.map((name) => `mirror.${name}`).join(', ')}
  )
  SELECT array_agg(newest._ordinal::integer) INTO _applied
  FROM newest JOIN written USING (${keys});

${classifyOutcomes(names)}
END
$procedure$;
`;
}
