import { snakeCase, type Entity } from '@ayna/contract';
import { generatedNote } from '../generated-note.ts';
import { columnTypes, KEY_TYPE } from './column-types.ts';
import { postgresNames, quoteName } from './names.ts';
import {
  classifyOutcomes,
  declareRepairs,
  isReplaced,
  records,
  tombstoneTime,
} from './procedure-parts.ts';

/** The procedure that writes rows and, among them, tombstones. */
export function upsertProcedure(entity: Entity): string {
  const names = postgresNames(entity);
  const key = names.key.map(quoteName);
  const fields = names.fields.map(quoteName);
  const keys = key.join(', ');
  const written = [...key, ...fields, 'source_version', 'event_id', 'sync_source', 'retry_count'];
  const changed = [...written.slice(key.length), 'deleted_at', 'mirrored_at'];
  return `${generatedNote(entity)}
--
-- Writes a batch of changes. "events" is a JSON array of objects:
--   ${[...names.key, ...names.fields].join(', ')}: the row;
--   source_version, event_id, sync_source, retry_count: where it comes from;
--   _deleted: true for a tombstone, which has none of the fields;
--   _replaces_version: of a repair, the version of the row that was found to be wrong. A row that
--   still has it is overwritten by the newest event of its key, even of an older version or the same.
-- Returns one row for each event: its position in the array, counted from 1, and what became of it:
--   applied    the row now holds it
--   stale      the row holds a newer version
--   duplicate  the row holds this version already; of a deletion and a write with one version the
--              deletion wins, whichever comes first
-- A repair that replaces its own version is applied each time.
CREATE OR REPLACE FUNCTION ${names.upsert}(events jsonb)
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
        ...Object.entries(entity.fields).map(([name, { kind }]): [string, string] => [
          quoteName(snakeCase(name)),
          columnTypes[kind],
        ]),
        ['source_version', 'bigint'],
        ['event_id', 'text'],
        ['sync_source', 'text'],
        ['retry_count', 'integer'],
        ['_deleted', 'boolean'],
      ],
      '      ',
    )}
  ), newest AS (
    SELECT DISTINCT ON (${keys}) *
    FROM event
    ORDER BY ${keys}, source_version DESC, _deleted DESC NULLS LAST, _ordinal
  ), written AS (
    INSERT INTO ${quoteName(names.table)} AS mirror (
      ${[...written, 'deleted_at', 'mirrored_at'].join(', ')}
    )
    SELECT
      ${written.join(', ')},
      CASE WHEN _deleted THEN ${tombstoneTime} END,
      clock_timestamp()
    FROM newest
    ORDER BY ${keys}
    ON CONFLICT (${keys}) DO UPDATE SET
${changed.map((name) => `      ${name} = excluded.${name}`).join(',\n')}
    WHERE mirror.source_version < excluded.source_version
      OR (
        mirror.source_version = excluded.source_version
        AND mirror.deleted_at IS NULL
        AND excluded.deleted_at IS NOT NULL
      )
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
