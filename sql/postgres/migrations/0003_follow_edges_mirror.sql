-- The mirror of follows/{userId}/targets/{targetId} (entity follow.edge).
CREATE TABLE follow_edges_mirror (
  user_id        text COLLATE "C" NOT NULL,
  target_id      text COLLATE "C" NOT NULL,
  created_at     timestamptz,
  updated_at     timestamptz,
  edge_type      text,
  source_version bigint NOT NULL,
  event_id       text NOT NULL,
  sync_source    varchar(32),
  retry_count    integer,
  deleted_at     timestamptz,
  mirrored_at    timestamptz NOT NULL,
  PRIMARY KEY (user_id, target_id)
);

CREATE INDEX follow_edges_mirror_target_id_user_id_idx ON follow_edges_mirror (target_id, user_id);

COMMENT ON TABLE follow_edges_mirror IS
  'Mirror of follows/{userId}/targets/{targetId}. Written by procedures only: an older source_version never overwrites a newer one, deletes stay as tombstones.';
COMMENT ON COLUMN follow_edges_mirror.source_version IS 'Commit time of the document in microseconds since 1970; never goes down.';
COMMENT ON COLUMN follow_edges_mirror.event_id IS 'The event that wrote this row last.';
COMMENT ON COLUMN follow_edges_mirror.sync_source IS 'What published that event: trigger, backfill, repair or gateway.';
COMMENT ON COLUMN follow_edges_mirror.retry_count IS 'How often that event had been published before; 0 for the first time.';
COMMENT ON COLUMN follow_edges_mirror.deleted_at IS 'Set on a tombstone: the document was deleted then; its fields are NULL.';
COMMENT ON COLUMN follow_edges_mirror.mirrored_at IS 'When this row was written here.';
