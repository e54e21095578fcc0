-- The mirror of follows/{userId}/targets/{targetId} (entity follow.edge). Written by procedures only: an older
-- SourceVersion never overwrites a newer one, deletes stay as tombstones. Times are in UTC.
CREATE TABLE FollowEdgesMirror (
  UserId        nvarchar(1500) COLLATE Latin1_General_100_BIN2 NOT NULL,
  TargetId      nvarchar(1500) COLLATE Latin1_General_100_BIN2 NOT NULL,
  UserIdUtf8    varbinary(1500) NOT NULL, -- The UTF-8 bytes of UserId.
  TargetIdUtf8  varbinary(1500) NOT NULL, -- The UTF-8 bytes of TargetId.
  CreatedAt     datetime2(6),
  UpdatedAt     datetime2(6),
  EdgeType      nvarchar(max),
  SourceVersion bigint NOT NULL CONSTRAINT CK_FollowEdgesMirror_SourceVersion CHECK (SourceVersion >= 0), -- Commit time of the document in microseconds since 1970; goes down by a repair only.
  EventId       nvarchar(max) NOT NULL, -- The event that wrote this row last.
  SyncSource    nvarchar(32), -- What published that event: trigger, backfill, repair or gateway.
  RetryCount    int, -- How often that event had been published before; 0 for the first time.
  DeletedAt     datetime2(6), -- Set on a tombstone: the document was deleted then; its fields are NULL.
  MirroredAt    datetime2(6) NOT NULL, -- When this row was written here.
  CONSTRAINT PK_FollowEdgesMirror PRIMARY KEY CLUSTERED (UserIdUtf8, TargetIdUtf8)
);

CREATE INDEX IX_FollowEdgesMirror_TargetId_UserId ON FollowEdgesMirror (TargetId, UserId);

-- What the purge finds its rows by. Over live rows it holds nothing and costs nothing.
CREATE INDEX IX_FollowEdgesMirror_DeletedAt ON FollowEdgesMirror (DeletedAt) WHERE DeletedAt IS NOT NULL;

GRANT SELECT ON FollowEdgesMirror TO ayna_writer;
