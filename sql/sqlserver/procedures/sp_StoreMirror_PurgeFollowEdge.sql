-- Generated from the entity follow.edge of the contract by `pnpm sqlgen`: change it there.
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
IF OBJECT_ID(N'sp_StoreMirror_PurgeFollowEdge', N'P') IS NULL EXEC(N'CREATE PROCEDURE sp_StoreMirror_PurgeFollowEdge AS RETURN 0;');
GO
ALTER PROCEDURE sp_StoreMirror_PurgeFollowEdge
  @olderThan datetime2(6),
  @rowLimit int
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;
  DECLARE @purged int;

  -- The conditions stand twice: a row may be written again between its choice and its lock.
  DELETE mirror
  FROM FollowEdgesMirror AS mirror WITH (ROWLOCK, READPAST)
  INNER JOIN (
    SELECT TOP (@rowLimit) old.UserIdUtf8, old.TargetIdUtf8
    FROM FollowEdgesMirror AS old WITH (ROWLOCK, READPAST)
    WHERE old.DeletedAt < @olderThan AND old.MirroredAt < @olderThan
    ORDER BY old.DeletedAt
  ) AS chosen ON chosen.UserIdUtf8 = mirror.UserIdUtf8 AND chosen.TargetIdUtf8 = mirror.TargetIdUtf8
  WHERE mirror.DeletedAt < @olderThan AND mirror.MirroredAt < @olderThan;
  SET @purged = @@ROWCOUNT;

  SELECT @purged AS Purged;
END
GO
GRANT EXECUTE ON sp_StoreMirror_PurgeFollowEdge TO ayna_writer;
