-- What the purge of old tombstones finds them by. Live rows are not in these indexes. Making them
-- reads each table once, and writers wait for that long.
CREATE INDEX dm_conversations_mirror_deleted_at_idx ON dm_conversations_mirror (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX dm_messages_mirror_deleted_at_idx ON dm_messages_mirror (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX follow_edges_mirror_deleted_at_idx ON follow_edges_mirror (deleted_at) WHERE deleted_at IS NOT NULL;

-- A repair says which version of the row it replaces, and may go back to an older one.
COMMENT ON COLUMN dm_conversations_mirror.source_version IS 'Commit time of the document in microseconds since 1970; goes down by a repair only.';
COMMENT ON COLUMN dm_messages_mirror.source_version IS 'Commit time of the document in microseconds since 1970; goes down by a repair only.';
COMMENT ON COLUMN follow_edges_mirror.source_version IS 'Commit time of the document in microseconds since 1970; goes down by a repair only.';
