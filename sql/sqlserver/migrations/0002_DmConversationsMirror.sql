-- The mirror of conversations/{conversationId} (entity dm.conversation). Written by procedures only: an older
-- SourceVersion never overwrites a newer one, deletes stay as tombstones. Times are in UTC.
CREATE TABLE DmConversationsMirror (
  ConversationId      nvarchar(1500) COLLATE Latin1_General_100_BIN2 NOT NULL,
  ConversationIdUtf8  varbinary(1500) NOT NULL, -- The UTF-8 bytes of ConversationId.
  OwnerId             nvarchar(max),
  PeerIds             nvarchar(max),
  LastMessageAt       datetime2(6),
  LastMessagePreview  nvarchar(max),
  LastMessageAuthorId nvarchar(max),
  UpdatedAt           datetime2(6),
  SourceVersion       bigint NOT NULL CONSTRAINT CK_DmConversationsMirror_SourceVersion CHECK (SourceVersion >= 0), -- Commit time of the document in microseconds since 1970; goes down by a repair only.
  EventId             nvarchar(max) NOT NULL, -- The event that wrote this row last.
  SyncSource          nvarchar(32), -- What published that event: trigger, backfill, repair or gateway.
  RetryCount          int, -- How often that event had been published before; 0 for the first time.
  DeletedAt           datetime2(6), -- Set on a tombstone: the document was deleted then; its fields are NULL.
  MirroredAt          datetime2(6) NOT NULL, -- When this row was written here.
  CONSTRAINT PK_DmConversationsMirror PRIMARY KEY CLUSTERED (ConversationIdUtf8)
);

-- What the purge finds its rows by. Over live rows it holds nothing and costs nothing.
CREATE INDEX IX_DmConversationsMirror_DeletedAt ON DmConversationsMirror (DeletedAt) WHERE DeletedAt IS NOT NULL;

GRANT SELECT ON DmConversationsMirror TO ayna_writer;
