-- Generated from the entity dm.message of the contract by `pnpm sqlgen`: change it there.
--
-- Writes a batch of tombstones, also for rows that never were: an event that comes late must not
-- bring a deleted document back. @events is a JSON array of objects:
--   ConversationId, MessageId: the row;
--   SourceVersion, EventId, SyncSource, RetryCount: where the deletion comes from;
--   _ReplacesVersion: of a repair, as sp_StoreMirror_UpsertDmMessage says.
-- @values holds events too, a row for each value: what the gateway sends.
-- Returns one row for each event: its position, counted from 1, and what became of it: applied, stale
-- or duplicate, as sp_StoreMirror_UpsertDmMessage says.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
IF OBJECT_ID(N'sp_StoreMirror_DeleteDmMessage', N'P') IS NULL EXEC(N'CREATE PROCEDURE sp_StoreMirror_DeleteDmMessage AS RETURN 0;');
GO
ALTER PROCEDURE sp_StoreMirror_DeleteDmMessage
  @events nvarchar(max) = NULL,
  @values MirrorValues READONLY
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  -- In the order of the keys: what is read from it in that order locks rows in that order.
  DECLARE @event TABLE (
    Ordinal            int NOT NULL,
    ConversationId     nvarchar(1500) COLLATE Latin1_General_100_BIN2 NOT NULL,
    MessageId          nvarchar(1500) COLLATE Latin1_General_100_BIN2 NOT NULL,
    ConversationIdUtf8 varbinary(1500) NOT NULL,
    MessageIdUtf8      varbinary(1500) NOT NULL,
    SourceVersion      bigint NOT NULL,
    EventId            nvarchar(max),
    SyncSource         nvarchar(32),
    RetryCount         int,
    DeletedAt          datetime2(6),
    ReplacesVersion    bigint,
    NewestOrdinal      int NOT NULL,
    PRIMARY KEY (ConversationIdUtf8, MessageIdUtf8, Ordinal),
    UNIQUE (Ordinal)
  );

  WITH given AS (
    SELECT Ordinal, Name, Value FROM @values
    UNION ALL
    SELECT CONVERT(int, element.[key]) + 1, field.[key] COLLATE Latin1_General_100_BIN2, field.[value]
    FROM OPENJSON(@events) AS element
    CROSS APPLY OPENJSON(element.[value]) AS field
  ), event AS (
    SELECT
      Ordinal,
      MAX(CASE WHEN Name = N'ConversationId' THEN Value END) AS ConversationId,
      MAX(CASE WHEN Name = N'MessageId' THEN Value END) AS MessageId,
      CONVERT(bigint, MAX(CASE WHEN Name = N'SourceVersion' THEN Value END)) AS SourceVersion,
      MAX(CASE WHEN Name = N'EventId' THEN Value END) AS EventId,
      MAX(CASE WHEN Name = N'SyncSource' THEN Value END) AS SyncSource,
      CONVERT(int, MAX(CASE WHEN Name = N'RetryCount' THEN Value END)) AS RetryCount,
      CONVERT(bit, 1) AS Deleted,
      CONVERT(bigint, MAX(CASE WHEN Name = N'_ReplacesVersion' THEN Value END)) AS ReplacesVersion
    FROM given
    GROUP BY Ordinal
  ), placed AS (
    SELECT
      *,
      dbo.fn_StoreMirror_Utf8(ConversationId) AS ConversationIdUtf8,
      dbo.fn_StoreMirror_Utf8(MessageId) AS MessageIdUtf8,
      CASE WHEN SourceVersion < CONVERT(bigint, 253402300799999999) THEN SourceVersion ELSE CONVERT(bigint, 253402300799999999) END AS Moment
    FROM event
  )
  INSERT @event (
    Ordinal, ConversationId, MessageId, ConversationIdUtf8, MessageIdUtf8, SourceVersion, EventId, SyncSource, RetryCount, DeletedAt, ReplacesVersion, NewestOrdinal
  )
  SELECT
    Ordinal,
    ConversationId,
    MessageId,
    ConversationIdUtf8,
    MessageIdUtf8,
    SourceVersion,
    EventId,
    SyncSource,
    RetryCount,
    CASE WHEN Deleted = 1 THEN DATEADD(MICROSECOND, Moment % 1000000,
        DATEADD(SECOND, Moment / 1000000 % 86400,
          DATEADD(DAY, Moment / 1000000 / 86400, CONVERT(datetime2(6), '1970-01-01')))) END,
    ReplacesVersion,
    FIRST_VALUE(Ordinal) OVER (PARTITION BY ConversationIdUtf8, MessageIdUtf8 ORDER BY SourceVersion DESC, CASE WHEN Deleted = 1 THEN 0 ELSE 1 END, Ordinal)
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
    newest.Ordinal,
    mirror.SourceVersion,
    CASE WHEN mirror.DeletedAt IS NULL THEN 0 ELSE 1 END,
    CASE
      WHEN mirror.SourceVersion < newest.SourceVersion THEN 1
      WHEN mirror.SourceVersion = newest.SourceVersion
        AND mirror.DeletedAt IS NULL AND newest.DeletedAt IS NOT NULL THEN 1
      WHEN EXISTS (
        SELECT * FROM @event AS repair
        WHERE repair.ConversationIdUtf8 = newest.ConversationIdUtf8 AND repair.MessageIdUtf8 = newest.MessageIdUtf8 AND repair.ReplacesVersion = mirror.SourceVersion
      ) THEN 1
      ELSE 0
    END
  FROM @event AS newest
  INNER LOOP JOIN DmMessagesMirror AS mirror WITH (UPDLOCK, HOLDLOCK) ON mirror.ConversationIdUtf8 = newest.ConversationIdUtf8 AND mirror.MessageIdUtf8 = newest.MessageIdUtf8
  WHERE newest.Ordinal = newest.NewestOrdinal
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
  INNER JOIN @event AS newest ON newest.Ordinal = known.Ordinal
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
  WHERE newest.Ordinal = newest.NewestOrdinal
    AND NOT EXISTS (SELECT * FROM @known AS known WHERE known.Ordinal = newest.Ordinal)
  ORDER BY ConversationIdUtf8, MessageIdUtf8;

  COMMIT TRANSACTION;

  SELECT
    event.Ordinal,
    CASE
      WHEN event.Ordinal = event.NewestOrdinal AND (known.Ordinal IS NULL OR known.IsReplaced = 1)
        THEN N'applied'
      WHEN event.SourceVersion = CASE WHEN known.IsReplaced = 0 THEN known.SourceVersion ELSE newest.SourceVersion END
        THEN N'duplicate'
      ELSE N'stale'
    END AS Outcome
  FROM @event AS event
  INNER JOIN @event AS newest ON newest.Ordinal = event.NewestOrdinal
  LEFT JOIN @known AS known ON known.Ordinal = event.NewestOrdinal
  ORDER BY event.Ordinal;
END
GO
GRANT EXECUTE ON sp_StoreMirror_DeleteDmMessage TO ayna_writer;
