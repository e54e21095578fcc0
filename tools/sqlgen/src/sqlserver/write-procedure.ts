import type { Entity } from '@ayna/contract';
import { quoteName, sqlServerNames, type SqlServerNames } from './names.ts';
import { procedureFile, readEvents, sameKey } from './procedure-parts.ts';

const EVENT_SOURCE = `--   SourceVersion, EventId, SyncSource, RetryCount: where it comes from;`;

/** The procedure that writes rows and, among them, tombstones. */
export function upsertProcedure(entity: Entity): string {
  const names = sqlServerNames(entity);
  return procedureFile(entity, {
    name: names.upsert,
    about: `-- Writes a batch of changes. @events is a JSON array of objects:
--   ${[...names.key, ...names.fields].join(', ')}: the row;
${EVENT_SOURCE}
--   _Deleted: true for a tombstone, which has none of the fields;
--   _ReplacesVersion: of a repair, the version of the row that was found to be wrong. A row that
--   still has it is overwritten by the newest event of its key, even of an older version or the same.
--   _Pieces: of texts that JSON would have to escape, by column: an array of strings without such
--   characters and of the numbers of those characters. What the gateway sends, because not every
--   engine undoes the escapes; text in the other properties is as good where they are undone.
-- Returns one row for each event: its position, counted from 1, and what became of it:
--   applied    the row now holds it
--   stale      the row holds a newer version
--   duplicate  the row holds this version already; of a deletion and a write with one version the
--              deletion wins, whichever comes first
-- A repair that replaces its own version is applied each time.`,
    text: writeRows(entity, names, true),
  });
}

/** The procedure that writes tombstones. */
export function deleteProcedure(entity: Entity): string {
  const names = sqlServerNames(entity);
  return procedureFile(entity, {
    name: names.delete,
    about: `-- Writes a batch of tombstones, also for rows that never were: an event that comes late must not
-- bring a deleted document back. @events is a JSON array of objects:
--   ${names.key.join(', ')}: the row;
${EVENT_SOURCE.replace('it comes', 'the deletion comes')}
--   _ReplacesVersion: of a repair, as ${names.upsert} says.
--   _Pieces: as ${names.upsert} says.
-- Returns one row for each event: its position, counted from 1, and what became of it: applied, stale
-- or duplicate, as ${names.upsert} says.`,
    text: writeRows(entity, names, false),
  });
}

function writeRows(entity: Entity, names: SqlServerNames, withFields: boolean): string {
  const table = quoteName(names.table);
  const bytes = names.keyBytes.map(quoteName);
  const fields = names.fields.map(quoteName);
  const meta = ['SourceVersion', 'EventId', 'SyncSource', 'RetryCount', 'DeletedAt'];
  const inserted = [...names.key.map(quoteName), ...bytes, ...(withFields ? fields : []), ...meta];
  const assigned = [
    ...names.key.map(quoteName).map((name) => `${name} = newest.${name}`),
    ...fields.map((name) => `${name} = ${withFields ? `newest.${name}` : 'NULL'}`),
    ...meta.map((name) => `${name} = newest.${name}`),
    'MirroredAt = SYSUTCDATETIME()',
  ];
  const repairKey = bytes.map((name) => `repair.${name} = newest.${name}`).join(' AND ');
  return `  @events nvarchar(max)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

${readEvents(entity, names, withFields)}

  -- What the mirror holds of the newest event of each key, and whether that event takes its place.
  DECLARE @known TABLE (
    Ordinal       int NOT NULL PRIMARY KEY,
    SourceVersion bigint NOT NULL,
    IsDeleted     bit NOT NULL,
    IsReplaced    bit NOT NULL
  );
  DECLARE @replaced int;

  BEGIN TRANSACTION;

  -- Locks rows, and the gaps where there are none, in the order of their keys, so that two writers
  -- never wait for each other.
  INSERT @known (Ordinal, SourceVersion, IsDeleted, IsReplaced)
  SELECT TOP (2147483647)
    newest._Ordinal,
    mirror.SourceVersion,
    CASE WHEN mirror.DeletedAt IS NULL THEN 0 ELSE 1 END,
    CASE
      WHEN mirror.SourceVersion < newest.SourceVersion THEN 1
      WHEN mirror.SourceVersion = newest.SourceVersion
        AND mirror.DeletedAt IS NULL AND newest.DeletedAt IS NOT NULL THEN 1
      WHEN EXISTS (
        SELECT * FROM @event AS repair
        WHERE ${repairKey} AND repair._ReplacesVersion = mirror.SourceVersion
      ) THEN 1
      ELSE 0
    END
  FROM @event AS newest
  INNER LOOP JOIN ${table} AS mirror WITH (UPDLOCK, HOLDLOCK) ON ${sameKey(names, 'newest')}
  WHERE newest._Ordinal = newest._Newest
  ORDER BY ${bytes.map((name) => `newest.${name}`).join(', ')};

  SET @replaced = (SELECT COUNT(*) FROM @known WHERE IsReplaced = 1);

  -- The rows are locked, so the last conditions hold. Should an engine have ignored the locks, the
  -- call fails as a whole and is safe to repeat.
  UPDATE mirror SET
${assigned.map((assignment) => `    ${assignment}`).join(',\n')}
  FROM @known AS known
  INNER JOIN @event AS newest ON newest._Ordinal = known.Ordinal
  INNER LOOP JOIN ${table} AS mirror ON ${sameKey(names, 'newest')}
  WHERE known.IsReplaced = 1
    AND mirror.SourceVersion = known.SourceVersion
    AND CASE WHEN mirror.DeletedAt IS NULL THEN 0 ELSE 1 END = known.IsDeleted;
  IF @@ROWCOUNT <> @replaced
  BEGIN;
    THROW 51205, N'Another writer changed the same rows: call again.', 1;
  END;

  INSERT ${table} (
    ${[...inserted, 'MirroredAt'].join(', ')}
  )
  SELECT
    ${[...inserted, 'SYSUTCDATETIME()'].join(', ')}
  FROM @event AS newest
  WHERE newest._Ordinal = newest._Newest
    AND NOT EXISTS (SELECT * FROM @known AS known WHERE known.Ordinal = newest._Ordinal)
  ORDER BY ${bytes.join(', ')};

  COMMIT TRANSACTION;

  SELECT
    event._Ordinal AS Ordinal,
    CASE
      WHEN event._Ordinal = event._Newest AND (known.Ordinal IS NULL OR known.IsReplaced = 1)
        THEN N'applied'
      WHEN event.SourceVersion = CASE WHEN known.IsReplaced = 0 THEN known.SourceVersion ELSE newest.SourceVersion END
        THEN N'duplicate'
      ELSE N'stale'
    END AS Outcome
  FROM @event AS event
  INNER JOIN @event AS newest ON newest._Ordinal = event._Newest
  LEFT JOIN @known AS known ON known.Ordinal = event._Newest
  ORDER BY event._Ordinal;
END`;
}
