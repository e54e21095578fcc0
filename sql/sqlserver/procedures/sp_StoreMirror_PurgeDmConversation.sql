-- Generated from the entity dm.conversation of the contract by `pnpm sqlgen`: change it there.
--
-- Deletes tombstones whose document was deleted, and which were written here, before a time in UTC:
-- at most @rowLimit of them, the oldest first. Returns how many, as Purged. It never deletes a live
-- row, and it never waits: a row that another transaction holds stays for the next time.
--
-- A tombstone keeps an event that comes late from bringing a deleted document back, so @olderThan has
-- to be longer ago than any event can still be on its way.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
IF OBJECT_ID(N'sp_StoreMirror_PurgeDmConversation', N'P') IS NULL EXEC(N'CREATE PROCEDURE sp_StoreMirror_PurgeDmConversation AS RETURN 0;');
GO
ALTER PROCEDURE sp_StoreMirror_PurgeDmConversation
  @olderThan datetime2(6),
  @rowLimit int
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;
  DECLARE @purged int;

  -- The conditions stand twice: a row may be written again between its choice and its lock.
  DELETE mirror
  FROM DmConversationsMirror AS mirror WITH (ROWLOCK, READPAST)
  INNER JOIN (
    SELECT TOP (@rowLimit) old.ConversationIdUtf8
    FROM DmConversationsMirror AS old WITH (ROWLOCK, READPAST)
    WHERE old.DeletedAt < @olderThan AND old.MirroredAt < @olderThan
    ORDER BY old.DeletedAt
  ) AS chosen ON chosen.ConversationIdUtf8 = mirror.ConversationIdUtf8
  WHERE mirror.DeletedAt < @olderThan AND mirror.MirroredAt < @olderThan;
  SET @purged = @@ROWCOUNT;

  SELECT @purged AS Purged;
END
GO
GRANT EXECUTE ON sp_StoreMirror_PurgeDmConversation TO ayna_writer;
