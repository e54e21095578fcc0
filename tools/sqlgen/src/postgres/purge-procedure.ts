import type { Entity } from '@ayna/contract';
import { generatedNote } from '../generated-note.ts';
import { postgresNames, quoteName } from './names.ts';

/** The procedure that deletes old tombstones. */
export function purgeProcedure(entity: Entity): string {
  const names = postgresNames(entity);
  const table = quoteName(names.table);
  return `${generatedNote(entity)}
--
-- Deletes tombstones whose document was deleted, and which were written here, before a time: at
-- most _row_limit of them, the oldest first. Returns how many. It never deletes a live row, and it
-- never waits: a row that another transaction holds stays for the next time.
--
-- A tombstone keeps an event that comes late from bringing a deleted document back, so _older_than
-- has to be longer ago than any event can still be on its way.
CREATE OR REPLACE FUNCTION ${names.purge}(_older_than timestamptz, _row_limit integer)
RETURNS integer
LANGUAGE plpgsql
AS $procedure$
#variable_conflict use_column
DECLARE
  _purged integer;
BEGIN
  -- The conditions stand twice: a row may be written again between its choice and its lock.
  DELETE FROM ${table}
  WHERE ctid = ANY (ARRAY(
      SELECT ctid
      FROM ${table}
      WHERE deleted_at < _older_than AND mirrored_at < _older_than
      ORDER BY deleted_at
      LIMIT _row_limit
      FOR UPDATE SKIP LOCKED
    ))
    AND deleted_at < _older_than AND mirrored_at < _older_than;
  GET DIAGNOSTICS _purged = ROW_COUNT;
  RETURN _purged;
END
$procedure$;
`;
}
