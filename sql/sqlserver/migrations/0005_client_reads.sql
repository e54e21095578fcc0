-- What the pages that clients read are ordered by. A row without the time stands where the year 1 is,
-- so that each list has one order and a page begins anywhere at the same cost. Adding the columns
-- reads and writes each table once, and writers wait for that long.
ALTER TABLE DmMessagesMirror ADD ListedAt AS COALESCE(CreatedAt, CONVERT(datetime2(6), '0001-01-01T00:00:00', 126)) PERSISTED;
ALTER TABLE FollowEdgesMirror ADD ListedAt AS COALESCE(CreatedAt, CONVERT(datetime2(6), '0001-01-01T00:00:00', 126)) PERSISTED;
ALTER TABLE DmConversationsMirror ADD ListedAt AS COALESCE(LastMessageAt, UpdatedAt, CONVERT(datetime2(6), '0001-01-01T00:00:00', 126)) PERSISTED;
GO

CREATE INDEX IX_DmMessagesMirror_Listed ON DmMessagesMirror (ConversationIdUtf8, ListedAt, MessageIdUtf8);
CREATE INDEX IX_FollowEdgesMirror_Followers ON FollowEdgesMirror (TargetIdUtf8, ListedAt, UserIdUtf8);
CREATE INDEX IX_FollowEdgesMirror_Following ON FollowEdgesMirror (UserIdUtf8, ListedAt, TargetIdUtf8);
