-- Generated from the entity dm.conversation of the contract by `pnpm sqlgen`: change it there.
--
-- Writes a batch of changes. "events" is a JSON array of objects:
--   conversation_id, owner_id, peer_ids, last_message_at, last_message_preview, last_message_author_id, updated_at: the row;
--   source_version, event_id, sync_source, retry_count: where it comes from;
--   _deleted: true for a tombstone, which has none of the fields;
--   _replaces_version: of a repair, the version of the row that was found to be wrong. A row that
--   still has it is overwritten by the newest event of its key, even of an older version or the same.
-- Returns one row for each event: its position in the array, counted from 1, and what became of it:
--   applied    the row now holds it
--   stale      the row holds a newer version
--   duplicate  the row holds this version already; of a deletion and a write with one version the
--              deletion wins, whichever comes first
-- A repair that replaces its own version is applied each time.
CREATE OR REPLACE FUNCTION sp_store_mirror_upsert_dm_conversation(events jsonb)
RETURNS TABLE (ordinal integer, outcome text)
LANGUAGE plpgsql
AS $procedure$
#variable_conflict use_column
DECLARE
  _applied integer[];
  _repairs jsonb := jsonb_path_query_array(events, '$[*] ? (@._replaces_version != null)');
BEGIN
  -- The newest event of each key. Rows are locked in the order of their keys, so that two writers
  -- never wait for each other.
  WITH event AS (
    SELECT *
    FROM ROWS FROM (
      jsonb_to_recordset(events) AS (
        conversation_id text COLLATE "C",
        owner_id text,
        peer_ids jsonb,
        last_message_at timestamptz,
        last_message_preview text,
        last_message_author_id text,
        updated_at timestamptz,
        source_version bigint,
        event_id text,
        sync_source text,
        retry_count integer,
        _deleted boolean
      )
    ) WITH ORDINALITY AS event (conversation_id, owner_id, peer_ids, last_message_at, last_message_preview, last_message_author_id, updated_at, source_version, event_id, sync_source, retry_count, _deleted, _ordinal)
  ), newest AS (
    SELECT DISTINCT ON (conversation_id) *
    FROM event
    ORDER BY conversation_id, source_version DESC, _deleted DESC NULLS LAST, _ordinal
  ), written AS (
    INSERT INTO dm_conversations_mirror AS mirror (
      conversation_id, owner_id, peer_ids, last_message_at, last_message_preview, last_message_author_id, updated_at, source_version, event_id, sync_source, retry_count, deleted_at, mirrored_at
    )
    SELECT
      conversation_id, owner_id, peer_ids, last_message_at, last_message_preview, last_message_author_id, updated_at, source_version, event_id, sync_source, retry_count,
      CASE WHEN _deleted THEN timestamptz 'epoch'
        + least(source_version, 253402300799999999) / 1000000 * interval '1 second'
        + least(source_version, 253402300799999999) % 1000000 * interval '1 microsecond' END,
      clock_timestamp()
    FROM newest
    ORDER BY conversation_id
    ON CONFLICT (conversation_id) DO UPDATE SET
      owner_id = excluded.owner_id,
      peer_ids = excluded.peer_ids,
      last_message_at = excluded.last_message_at,
      last_message_preview = excluded.last_message_preview,
      last_message_author_id = excluded.last_message_author_id,
      updated_at = excluded.updated_at,
      source_version = excluded.source_version,
      event_id = excluded.event_id,
      sync_source = excluded.sync_source,
      retry_count = excluded.retry_count,
      deleted_at = excluded.deleted_at,
      mirrored_at = excluded.mirrored_at
    WHERE mirror.source_version < excluded.source_version
      OR (
        mirror.source_version = excluded.source_version
        AND mirror.deleted_at IS NULL
        AND excluded.deleted_at IS NOT NULL
      )
      OR (mirror.conversation_id, mirror.source_version) IN (
        SELECT conversation_id, _replaces_version
        FROM jsonb_to_recordset(_repairs) AS repair (
          conversation_id text COLLATE "C", _replaces_version bigint
        )
      )
    RETURNING mirror.conversation_id
  )
  SELECT array_agg(newest._ordinal::integer) INTO _applied
  FROM newest JOIN written USING (conversation_id);

  IF cardinality(_applied) = jsonb_array_length(events) THEN
    RETURN QUERY SELECT position, 'applied' FROM unnest(_applied) AS position;
    RETURN;
  END IF;

  -- A statement of its own, to see what other writers committed while this one waited for them.
  RETURN QUERY
  SELECT
    event._ordinal::integer,
    CASE
      WHEN event._ordinal = ANY (_applied) THEN 'applied'
      WHEN event.source_version = (
        SELECT mirror.source_version
        FROM dm_conversations_mirror AS mirror
        WHERE mirror.conversation_id = event.conversation_id
      ) THEN 'duplicate'
      ELSE 'stale'
    END
  FROM ROWS FROM (
    jsonb_to_recordset(events) AS (
      conversation_id text COLLATE "C",
      source_version bigint
    )
  ) WITH ORDINALITY AS event (conversation_id, source_version, _ordinal);
END
$procedure$;
