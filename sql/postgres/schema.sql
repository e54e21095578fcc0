-- What the migrations and procedures make, read from the catalogs of PostgreSQL.
-- Committed so that a change to the schema is seen in review; a test compares it. Do not edit: run
--   pnpm --filter @ayna/sql-gateway exec vitest run schema-dump --update

CREATE TABLE ayna_migrations (
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT ayna_migrations_pkey PRIMARY KEY (name)
);

-- Mirror of conversations/{conversationId}. Written by procedures only: an older source_version never overwrites a newer one, deletes stay as tombstones.
CREATE TABLE dm_conversations_mirror (
  conversation_id text COLLATE "C" NOT NULL,
  owner_id text,
  peer_ids jsonb,
  last_message_at timestamp with time zone,
  last_message_preview text,
  last_message_author_id text,
  updated_at timestamp with time zone,
  source_version bigint NOT NULL,
  event_id text NOT NULL,
  sync_source character varying(32),
  retry_count integer,
  deleted_at timestamp with time zone,
  mirrored_at timestamp with time zone NOT NULL,
  CONSTRAINT dm_conversations_mirror_pkey PRIMARY KEY (conversation_id),
  CONSTRAINT dm_conversations_mirror_source_version_check CHECK ((source_version >= 0))
);

-- Mirror of conversations/{conversationId}/messages/{messageId}. Written by procedures only: an older source_version never overwrites a newer one, deletes stay as tombstones.
CREATE TABLE dm_messages_mirror (
  conversation_id text COLLATE "C" NOT NULL,
  message_id text COLLATE "C" NOT NULL,
  author_id text,
  body text,
  media jsonb,
  created_at timestamp with time zone,
  updated_at timestamp with time zone,
  source_version bigint NOT NULL,
  event_id text NOT NULL,
  sync_source character varying(32),
  retry_count integer,
  deleted_at timestamp with time zone,
  mirrored_at timestamp with time zone NOT NULL,
  CONSTRAINT dm_messages_mirror_pkey PRIMARY KEY (conversation_id, message_id),
  CONSTRAINT dm_messages_mirror_source_version_check CHECK ((source_version >= 0))
);

-- Mirror of follows/{userId}/targets/{targetId}. Written by procedures only: an older source_version never overwrites a newer one, deletes stay as tombstones.
CREATE TABLE follow_edges_mirror (
  user_id text COLLATE "C" NOT NULL,
  target_id text COLLATE "C" NOT NULL,
  created_at timestamp with time zone,
  updated_at timestamp with time zone,
  edge_type text,
  source_version bigint NOT NULL,
  event_id text NOT NULL,
  sync_source character varying(32),
  retry_count integer,
  deleted_at timestamp with time zone,
  mirrored_at timestamp with time zone NOT NULL,
  CONSTRAINT follow_edges_mirror_pkey PRIMARY KEY (user_id, target_id),
  CONSTRAINT follow_edges_mirror_source_version_check CHECK ((source_version >= 0))
);

CREATE INDEX dm_conversations_mirror_deleted_at_idx ON dm_conversations_mirror USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);
CREATE INDEX dm_conversations_mirror_owner_id_idx ON dm_conversations_mirror USING hash (owner_id) WHERE (deleted_at IS NULL);
CREATE INDEX dm_conversations_mirror_peer_ids_idx ON dm_conversations_mirror USING gin (peer_ids jsonb_path_ops);
CREATE INDEX dm_messages_mirror_by_creation_idx ON dm_messages_mirror USING btree (conversation_id, COALESCE(created_at, '0001-01-01 00:00:00+00'::timestamp with time zone), message_id);
CREATE INDEX dm_messages_mirror_conversation_id_created_at_idx ON dm_messages_mirror USING btree (conversation_id, created_at);
CREATE INDEX dm_messages_mirror_deleted_at_idx ON dm_messages_mirror USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);
CREATE INDEX follow_edges_mirror_deleted_at_idx ON follow_edges_mirror USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);
CREATE INDEX follow_edges_mirror_followers_idx ON follow_edges_mirror USING btree (target_id, COALESCE(created_at, '0001-01-01 00:00:00+00'::timestamp with time zone), user_id);
CREATE INDEX follow_edges_mirror_following_idx ON follow_edges_mirror USING btree (user_id, COALESCE(created_at, '0001-01-01 00:00:00+00'::timestamp with time zone), target_id);
CREATE INDEX follow_edges_mirror_target_id_user_id_idx ON follow_edges_mirror USING btree (target_id, user_id);

-- FUNCTION sp_store_mirror_delete_dm_conversation(jsonb) RETURNS TABLE(ordinal integer, outcome text) LANGUAGE plpgsql SECURITY INVOKER
-- FUNCTION sp_store_mirror_delete_dm_message(jsonb) RETURNS TABLE(ordinal integer, outcome text) LANGUAGE plpgsql SECURITY INVOKER
-- FUNCTION sp_store_mirror_delete_follow_edge(jsonb) RETURNS TABLE(ordinal integer, outcome text) LANGUAGE plpgsql SECURITY INVOKER
-- FUNCTION sp_store_mirror_purge_dm_conversation(timestamp with time zone,integer) RETURNS integer LANGUAGE plpgsql SECURITY INVOKER
-- FUNCTION sp_store_mirror_purge_dm_message(timestamp with time zone,integer) RETURNS integer LANGUAGE plpgsql SECURITY INVOKER
-- FUNCTION sp_store_mirror_purge_follow_edge(timestamp with time zone,integer) RETURNS integer LANGUAGE plpgsql SECURITY INVOKER
-- FUNCTION sp_store_mirror_upsert_dm_conversation(jsonb) RETURNS TABLE(ordinal integer, outcome text) LANGUAGE plpgsql SECURITY INVOKER
-- FUNCTION sp_store_mirror_upsert_dm_message(jsonb) RETURNS TABLE(ordinal integer, outcome text) LANGUAGE plpgsql SECURITY INVOKER
-- FUNCTION sp_store_mirror_upsert_follow_edge(jsonb) RETURNS TABLE(ordinal integer, outcome text) LANGUAGE plpgsql SECURITY INVOKER
