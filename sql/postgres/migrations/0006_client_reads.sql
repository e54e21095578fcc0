-- What the pages that clients read are found by. A row without the time stands where the year 1 is,
-- so that each list has one order and a page begins anywhere at the same cost. Making the indexes
-- reads each table once, and writers wait for that long.
CREATE INDEX dm_messages_mirror_by_creation_idx ON dm_messages_mirror
  (conversation_id, coalesce(created_at, timestamptz '0001-01-01 00:00:00+00'), message_id);
CREATE INDEX follow_edges_mirror_followers_idx ON follow_edges_mirror
  (target_id, coalesce(created_at, timestamptz '0001-01-01 00:00:00+00'), user_id);
CREATE INDEX follow_edges_mirror_following_idx ON follow_edges_mirror
  (user_id, coalesce(created_at, timestamptz '0001-01-01 00:00:00+00'), target_id);

-- The conversations of a user, by owner and by peers. The time of the last message is in no index:
-- it changes with every message, and such a change is cheap only as long as it is in none. By hash,
-- because the owner is text of any length.
CREATE INDEX dm_conversations_mirror_owner_id_idx ON dm_conversations_mirror USING hash (owner_id) WHERE deleted_at IS NULL;
CREATE INDEX dm_conversations_mirror_peer_ids_idx ON dm_conversations_mirror USING gin (peer_ids jsonb_path_ops);
