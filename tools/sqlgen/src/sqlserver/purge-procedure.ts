import type { Entity } from '@ayna/contract';
import { quoteName, sqlServerNames } from './names.ts';
import { procedureFile } from './procedure-parts.ts';

/** The procedure that deletes old tombstones. */
export function purgeProcedure(entity: Entity): string {
  const names = sqlServerNames(entity);
  const table = quoteName(names.table);
  const bytes = names.keyBytes.map(quoteName);
  const old = (row: string): string =>
    `${row}.DeletedAt < @olderThan AND ${row}.MirroredAt < @olderThan`;
  return procedureFile(entity, {
    name: names.purge,
    about: `-- Deletes tombstones whose document was deleted, and which were written here, before a time in UTC:
-- at most @rowLimit of them, the oldest first. Returns how many, as Purged. It never deletes a live
-- row, and it never waits: a row that another transaction holds stays for the next time.
--
-- A tombstone keeps an event that comes late from bringing a deleted document back, so @olderThan has
-- to be longer ago than any event can still be on its way.`,
    text: `  @olderThan datetime2(6),
  @rowLimit int
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;
  DECLARE @purged int;

  -- The conditions stand twice: a row may be written again between its choice and its lock.
  DELETE mirror
  FROM ${table} AS mirror WITH (ROWLOCK, READPAST)
  INNER JOIN (
    SELECT TOP (@rowLimit) ${bytes.map((name) => `old.${name}`).join(', ')}
    FROM ${table} AS old WITH (ROWLOCK, READPAST)
    WHERE ${old('old')}
    ORDER BY old.DeletedAt
  ) AS chosen ON ${bytes.map((name) => `chosen.${name} = mirror.${name}`).join(' AND ')}
  WHERE ${old('mirror')};
  SET @purged = @@ROWCOUNT;

  SELECT @purged AS Purged;
END`,
  });
}
