-- No commit is older than 1970, and no program reads a row that says so. It reads each table once to
-- see that no row does; writers wait for that long.
ALTER TABLE dm_conversations_mirror ADD CONSTRAINT dm_conversations_mirror_source_version_check CHECK (source_version >= 0);
ALTER TABLE dm_messages_mirror ADD CONSTRAINT dm_messages_mirror_source_version_check CHECK (source_version >= 0);
ALTER TABLE follow_edges_mirror ADD CONSTRAINT follow_edges_mirror_source_version_check CHECK (source_version >= 0);
