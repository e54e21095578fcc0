-- What the migrations and procedures make, read from the catalogs of SQL Server.
-- Committed so that a change to the schema is seen in review; a test compares it where a server is at
-- hand. Do not edit: set SQLSERVER_URL and run
--   pnpm --filter @ayna/sql-gateway exec vitest run sql-server --update

CREATE TABLE ayna_migrations (
  name nvarchar(200) NOT NULL,
  checksum varchar(64) NOT NULL,
  applied_at datetime2(6) NOT NULL
);

CREATE TABLE DmConversationsMirror (
  ConversationId nvarchar(1500) NOT NULL,
  ConversationIdUtf8 varbinary(1500) NOT NULL,
  OwnerId nvarchar(max),
  PeerIds nvarchar(max),
  LastMessageAt datetime2(6),
  LastMessagePreview nvarchar(max),
  LastMessageAuthorId nvarchar(max),
  UpdatedAt datetime2(6),
  SourceVersion bigint NOT NULL,
  EventId nvarchar(max) NOT NULL,
  SyncSource nvarchar(32),
  RetryCount int,
  DeletedAt datetime2(6),
  MirroredAt datetime2(6) NOT NULL,
  listedat datetime2(6) COMPUTED
);

CREATE TABLE dmconversationsmirrorpeople (
  ConversationIdUtf8 varbinary(1500) NOT NULL,
  userhash binary(32) NOT NULL
);

CREATE TABLE DmMessagesMirror (
  ConversationId nvarchar(1500) NOT NULL,
  MessageId nvarchar(1500) NOT NULL,
  ConversationIdUtf8 varbinary(1500) NOT NULL,
  MessageIdUtf8 varbinary(1500) NOT NULL,
  AuthorId nvarchar(max),
  Body nvarchar(max),
  Media nvarchar(max),
  CreatedAt datetime2(6),
  UpdatedAt datetime2(6),
  SourceVersion bigint NOT NULL,
  EventId nvarchar(max) NOT NULL,
  SyncSource nvarchar(32),
  RetryCount int,
  DeletedAt datetime2(6),
  MirroredAt datetime2(6) NOT NULL,
  listedat datetime2(6) COMPUTED
);

CREATE TABLE FollowEdgesMirror (
  UserId nvarchar(1500) NOT NULL,
  TargetId nvarchar(1500) NOT NULL,
  UserIdUtf8 varbinary(1500) NOT NULL,
  TargetIdUtf8 varbinary(1500) NOT NULL,
  CreatedAt datetime2(6),
  UpdatedAt datetime2(6),
  EdgeType nvarchar(max),
  SourceVersion bigint NOT NULL,
  EventId nvarchar(max) NOT NULL,
  SyncSource nvarchar(32),
  RetryCount int,
  DeletedAt datetime2(6),
  MirroredAt datetime2(6) NOT NULL,
  listedat datetime2(6) COMPUTED
);

-- INDEX ON DmConversationsMirror (DeletedAt)
-- INDEX ON DmMessagesMirror (ConversationId, CreatedAt)
-- INDEX ON DmMessagesMirror (ConversationIdUtf8, listedat, MessageIdUtf8)
-- INDEX ON DmMessagesMirror (DeletedAt)
-- INDEX ON FollowEdgesMirror (DeletedAt)
-- INDEX ON FollowEdgesMirror (TargetId, UserId)
-- INDEX ON FollowEdgesMirror (TargetIdUtf8, listedat, UserIdUtf8)
-- INDEX ON FollowEdgesMirror (UserIdUtf8, listedat, TargetIdUtf8)
-- INDEX ON dmconversationsmirrorpeople (ConversationIdUtf8)
-- INDEX ON dmconversationsmirrorpeople (userhash)
-- PRIMARY KEY ON DmConversationsMirror (ConversationIdUtf8)
-- PRIMARY KEY ON DmMessagesMirror (ConversationIdUtf8, MessageIdUtf8)
-- PRIMARY KEY ON FollowEdgesMirror (UserIdUtf8, TargetIdUtf8)
-- PRIMARY KEY ON ayna_migrations (name)

-- PROCEDURE sp_StoreMirror_DeleteDmConversation
-- PROCEDURE sp_StoreMirror_DeleteDmMessage
-- PROCEDURE sp_StoreMirror_DeleteFollowEdge
-- PROCEDURE sp_StoreMirror_PurgeDmConversation
-- PROCEDURE sp_StoreMirror_PurgeDmMessage
-- PROCEDURE sp_StoreMirror_PurgeFollowEdge
-- PROCEDURE sp_StoreMirror_UpsertDmConversation
-- PROCEDURE sp_StoreMirror_UpsertDmMessage
-- PROCEDURE sp_StoreMirror_UpsertFollowEdge
