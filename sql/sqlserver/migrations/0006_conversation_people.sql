-- Who takes part in a conversation, a row each: what a user's conversations are found by. The ids of
-- users stand in text of any length and in JSON, which no index finds; the hash of an id has 32 bytes.
CREATE TABLE DmConversationsMirrorPeople (
  ConversationIdUtf8 varbinary(1500) NOT NULL,
  UserHash           binary(32) NOT NULL -- SHA-256 of the UTF-8 bytes of the user's id.
);
CREATE CLUSTERED INDEX IX_DmConversationsMirrorPeople ON DmConversationsMirrorPeople (ConversationIdUtf8);
CREATE INDEX IX_DmConversationsMirrorPeople_User ON DmConversationsMirrorPeople (UserHash);
GRANT SELECT ON DmConversationsMirrorPeople TO ayna_writer;
GO

-- The owner and the peers, each once. Peers are a JSON array; a single text stands for an array of one.
CREATE FUNCTION fn_DmConversationsMirror_People(@ownerId nvarchar(max), @peerIds nvarchar(max))
RETURNS TABLE
AS
RETURN (
  SELECT DISTINCT CONVERT(binary(32), HASHBYTES('SHA2_256', dbo.fn_StoreMirror_Utf8(person.Id))) AS UserHash
  FROM (
    SELECT @ownerId AS Id WHERE @ownerId IS NOT NULL
    UNION ALL
    SELECT whole.[value] FROM OPENJSON(CONCAT('[', @peerIds, ']')) AS whole WHERE whole.[type] = 1
    UNION ALL
    SELECT element.[value]
    FROM OPENJSON(CONCAT('[', @peerIds, ']')) AS whole
    CROSS APPLY OPENJSON(CASE WHEN whole.[type] = 4 THEN whole.[value] END) AS element
    WHERE element.[type] = 1
  ) AS person
);
GO

-- Keeps them with every write, whoever makes it. Whoever writes a conversation has its row locked, so
-- the rows of its people are nobody else's; most writes change no people and touch none of them.
CREATE TRIGGER TR_DmConversationsMirror_People ON DmConversationsMirror
AFTER INSERT, UPDATE, DELETE
AS
BEGIN
  SET NOCOUNT ON;

  DECLARE @changed TABLE (ConversationIdUtf8 varbinary(1500) NOT NULL PRIMARY KEY);

  -- With a dot behind the text, because blanks at the end do not count.
  INSERT @changed (ConversationIdUtf8)
  SELECT COALESCE(new.ConversationIdUtf8, old.ConversationIdUtf8)
  FROM (SELECT ConversationIdUtf8 FROM inserted UNION SELECT ConversationIdUtf8 FROM deleted) AS written
  LEFT JOIN inserted AS new ON new.ConversationIdUtf8 = written.ConversationIdUtf8
  LEFT JOIN deleted AS old ON old.ConversationIdUtf8 = written.ConversationIdUtf8
  WHERE COALESCE(new.OwnerId + N'.', N'') <> COALESCE(old.OwnerId + N'.', N'') COLLATE Latin1_General_100_BIN2
    OR COALESCE(new.PeerIds + N'.', N'') <> COALESCE(old.PeerIds + N'.', N'') COLLATE Latin1_General_100_BIN2;

  DELETE people
  FROM @changed AS changed
  INNER LOOP JOIN DmConversationsMirrorPeople AS people ON people.ConversationIdUtf8 = changed.ConversationIdUtf8;

  INSERT DmConversationsMirrorPeople (ConversationIdUtf8, UserHash)
  SELECT new.ConversationIdUtf8, person.UserHash
  FROM @changed AS changed
  INNER JOIN inserted AS new ON new.ConversationIdUtf8 = changed.ConversationIdUtf8
  CROSS APPLY dbo.fn_DmConversationsMirror_People(new.OwnerId, new.PeerIds) AS person;
END
GO

INSERT DmConversationsMirrorPeople (ConversationIdUtf8, UserHash)
SELECT mirror.ConversationIdUtf8, person.UserHash
FROM DmConversationsMirror AS mirror
CROSS APPLY dbo.fn_DmConversationsMirror_People(mirror.OwnerId, mirror.PeerIds) AS person;
