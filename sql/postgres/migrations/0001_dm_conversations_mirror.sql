-- The mirror of conversations/{conversationId} (entity dm.conversation).
CREATE TABLE dm_conversations_mirror (
  conversation_id        text COLLATE "C" NOT NULL,
  owner_id               text,
  peer_ids               jsonb,
  last_message_at        timestamptz,
  last_message_preview   text,
  last_message_author_id text,
  updated_at             timestamptz,
  source_version         bigint NOT NULL,
  event_id               text NOT NULL,
  sync_source            varchar(32),
  retry_count            integer,
  deleted_at             timestamptz,
  mirrored_at            timestamptz NOT NULL,
  PRIMARY KEY (conversation_id)
);

COMMENT ON TABLE dm_conversations_mirror IS
  'Mirror of conversations/{conversationId}. Written by procedures only: an older source_version never overwrites a newer one, deletes stay as tombstones.';
COMMENT ON COLUMN dm_conversations_mirror.source_version IS 'Commit time of the document in microseconds since 1970; never goes down.';
COMMENT ON COLUMN dm_conversations_mirror.event_id IS 'The event that wrote this row last.';
COMMENT ON COLUMN dm_conversations_mirror.sync_source IS 'What published that event: trigger, backfill, repair or gateway.';
COMMENT ON COLUMN dm_conversations_mirror.retry_count IS 'How often that event had been published before; 0 for the first time.';
COMMENT ON COLUMN dm_conversations_mirror.deleted_at IS 'Set on a tombstone: the document was deleted then; its fields are NULL.';
COMMENT ON COLUMN dm_conversations_mirror.mirrored_at IS 'When this row was written here.';
