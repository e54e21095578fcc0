-- Generated from the entity dm.message of the contract by `pnpm sqlgen`: change it there.
--
-- Writes a batch of tombstones, also for rows that never were: an event that comes late must not
-- bring a deleted document back. @events is a JSON array of objects:
--   ConversationId, MessageId: the row;
--   SourceVersion, EventId, SyncSource, RetryCount: where the deletion comes from;
--   _ReplacesVersion: of a repair, as sp_StoreMirror_UpsertDmMessage says.
--   _Pieces: as sp_StoreMirror_UpsertDmMessage says.
-- Returns one row for each event: its position, counted from 1, and what became of it: applied, stale
-- or duplicate, as sp_StoreMirror_UpsertDmMessage says.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
IF OBJECT_ID(N'sp_StoreMirror_DeleteDmMessage', N'P') IS NULL EXEC(N'CREATE PROCEDURE sp_StoreMirror_DeleteDmMessage AS RETURN 0;');
GO
ALTER PROCEDURE sp_StoreMirror_DeleteDmMessage
  @events nvarchar(max)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  -- In the order of the keys: what is read from it in that order locks rows in that order.
  DECLARE @event TABLE (
    _Ordinal           int NOT NULL,
    ConversationId     nvarchar(1500) COLLATE Latin1_General_100_BIN2 NOT NULL,
    MessageId          nvarchar(1500) COLLATE Latin1_General_100_BIN2 NOT NULL,
    ConversationIdUtf8 varbinary(1500) NOT NULL,
    MessageIdUtf8      varbinary(1500) NOT NULL,
    SourceVersion      bigint NOT NULL,
    EventId            nvarchar(max),
    SyncSource         nvarchar(32),
    RetryCount         int,
    DeletedAt          datetime2(6),
    _ReplacesVersion   bigint,
    _Newest            int NOT NULL,
    PRIMARY KEY (ConversationIdUtf8, MessageIdUtf8, _Ordinal),
    UNIQUE (_Ordinal)
  );

  WITH given AS (
    SELECT
      CONVERT(int, element.[key]) + 1 AS _Ordinal,
      field.[key] COLLATE Latin1_General_100_BIN2 AS Name,
      field.[value] AS Value
    FROM OPENJSON(@events) AS element
    CROSS APPLY OPENJSON(element.[value]) AS field
    WHERE field.[key] <> N'_Pieces'
    UNION ALL
    SELECT
      CONVERT(int, element.[key]) + 1,
      field.[key] COLLATE Latin1_General_100_BIN2,
      joined.Value
    FROM OPENJSON(@events) AS element
    CROSS APPLY OPENJSON(element.[value], N'$._Pieces') AS field
    CROSS APPLY (
      SELECT STRING_AGG(
          CASE piece.[type] WHEN 2 THEN NCHAR(CONVERT(int, piece.[value])) ELSE piece.[value] END, N''
        ) WITHIN GROUP (ORDER BY CONVERT(int, piece.[key])) AS Value
      FROM OPENJSON(field.[value]) AS piece
    ) AS joined
  ), event AS (
    SELECT
      _Ordinal,
      MAX(CASE WHEN Name = N'ConversationId' THEN Value END) AS ConversationId,
      MAX(CASE WHEN Name = N'MessageId' THEN Value END) AS MessageId,
      CONVERT(bigint, MAX(CASE WHEN Name = N'SourceVersion' THEN Value END)) AS SourceVersion,
      MAX(CASE WHEN Name = N'EventId' THEN Value END) AS EventId,
      MAX(CASE WHEN Name = N'SyncSource' THEN Value END) AS SyncSource,
      CONVERT(int, MAX(CASE WHEN Name = N'RetryCount' THEN Value END)) AS RetryCount,
      CONVERT(bit, 1) AS _Deleted,
      CONVERT(bigint, MAX(CASE WHEN Name = N'_ReplacesVersion' THEN Value END)) AS _ReplacesVersion
    FROM given
    GROUP BY _Ordinal
  ), placed AS (
    SELECT
      *,
      dbo.fn_StoreMirror_Utf8(ConversationId) AS ConversationIdUtf8,
      dbo.fn_StoreMirror_Utf8(MessageId) AS MessageIdUtf8,
      CASE WHEN SourceVersion < CONVERT(bigint, 253402300799999999) THEN SourceVersion ELSE CONVERT(bigint, 253402300799999999) END AS _Moment
    FROM event
  )
  INSERT @event (
    _Ordinal, ConversationId, MessageId, ConversationIdUtf8, MessageIdUtf8, SourceVersion, EventId, SyncSource, RetryCount, DeletedAt, _ReplacesVersion, _Newest
  )
  SELECT
    _Ordinal,
    ConversationId,
    MessageId,
    ConversationIdUtf8,
    MessageIdUtf8,
    SourceVersion,
    EventId,
    SyncSource,
    RetryCount,
    CASE WHEN _Deleted = 1 THEN CONVERT(datetime2(6), CONCAT(
        CONVERT(char(19), DATEADD(SECOND, _Moment / 1000000 % 86400, DATEADD(DAY, _Moment / 1000000 / 86400, CONVERT(datetime2(0), '1970-01-01'))), 120),
        '.', RIGHT(CONCAT('00000', _Moment % 1000000), 6))) END,
    _ReplacesVersion,
    FIRST_VALUE(_Ordinal) OVER (PARTITION BY ConversationIdUtf8, MessageIdUtf8 ORDER BY SourceVersion DESC, CASE WHEN _Deleted = 1 THEN 0 ELSE 1 END, _Ordinal)
  FROM placed;

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
        WHERE repair.ConversationIdUtf8 = newest.ConversationIdUtf8 AND repair.MessageIdUtf8 = newest.MessageIdUtf8 AND repair._ReplacesVersion = mirror.SourceVersion
      ) THEN 1
      ELSE 0
    END
  FROM @event AS newest
  INNER LOOP JOIN DmMessagesMirror AS mirror WITH (UPDLOCK, HOLDLOCK) ON mirror.ConversationIdUtf8 = newest.ConversationIdUtf8 AND mirror.MessageIdUtf8 = newest.MessageIdUtf8
  WHERE newest._Ordinal = newest._Newest
  ORDER BY newest.ConversationIdUtf8, newest.MessageIdUtf8;

  SET @replaced = (SELECT COUNT(*) FROM @known WHERE IsReplaced = 1);

  -- The rows are locked, so the last conditions hold. Should an engine have ignored the locks, the
  -- call fails as a whole and is safe to repeat.
  UPDATE mirror SET
    ConversationId = newest.ConversationId,
    MessageId = newest.MessageId,
    AuthorId = NULL,
    Body = NULL,
    Media = NULL,
    CreatedAt = NULL,
    UpdatedAt = NULL,
    SourceVersion = newest.SourceVersion,
    EventId = newest.EventId,
    SyncSource = newest.SyncSource,
    RetryCount = newest.RetryCount,
    DeletedAt = newest.DeletedAt,
    MirroredAt = SYSUTCDATETIME()
  FROM @known AS known
  INNER JOIN @event AS newest ON newest._Ordinal = known.Ordinal
  INNER LOOP JOIN DmMessagesMirror AS mirror ON mirror.ConversationIdUtf8 = newest.ConversationIdUtf8 AND mirror.MessageIdUtf8 = newest.MessageIdUtf8
  WHERE known.IsReplaced = 1
    AND mirror.SourceVersion = known.SourceVersion
    AND CASE WHEN mirror.DeletedAt IS NULL THEN 0 ELSE 1 END = known.IsDeleted;
  IF @@ROWCOUNT <> @replaced
  BEGIN;
    THROW 51205, N'Another writer changed the same rows: call again.', 1;
  END;

  INSERT DmMessagesMirror (
    ConversationId, MessageId, ConversationIdUtf8, MessageIdUtf8, SourceVersion, EventId, SyncSource, RetryCount, DeletedAt, MirroredAt
  )
  SELECT
    ConversationId, MessageId, ConversationIdUtf8, MessageIdUtf8, SourceVersion, EventId, SyncSource, RetryCount, DeletedAt, SYSUTCDATETIME()
  FROM @event AS newest
  WHERE newest._Ordinal = newest._Newest
    AND NOT EXISTS (SELECT * FROM @known AS known WHERE known.Ordinal = newest._Ordinal)
  ORDER BY ConversationIdUtf8, MessageIdUtf8;

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
END
GO
GRANT EXECUTE ON sp_StoreMirror_DeleteDmMessage TO ayna_writer;
