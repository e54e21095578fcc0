-- Generated from the entity dm.message of the contract by `pnpm sqlgen`: change it there.
--
-- Writes a batch of tombstones, also for rows that never were: an event that comes late must not
-- bring a deleted document back. "events" is a JSON array of objects:
--   conversation_id, message_id: the row;
--   source_version, event_id, sync_source, retry_count: where the deletion comes from;
--   _replaces_version: of a repair, as sp_store_mirror_upsert_dm_message says.
-- Returns one row for each event: its position in the array, counted from 1, and what became of it:
-- applied, stale or duplicate, as sp_store_mirror_upsert_dm_message says.
CREATE OR REPLACE FUNCTION sp_store_mirror_delete_dm_message(events jsonb)
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
        message_id text COLLATE "C",
        source_version bigint,
        event_id text,
        sync_source text,
        retry_count integer
      )
    ) WITH ORDINALITY AS event (conversation_id, message_id, source_version, event_id, sync_source, retry_count, _ordinal)
  ), newest AS (
    SELECT DISTINCT ON (conversation_id, message_id) *
    FROM event
    ORDER BY conversation_id, message_id, source_version DESC, _ordinal
  ), written AS (
    INSERT INTO dm_messages_mirror AS mirror (
      conversation_id, message_id, source_version, event_id, sync_source, retry_count, deleted_at, mirrored_at
    )
    SELECT
      conversation_id, message_id, source_version, event_id, sync_source, retry_count,
      timestamptz 'epoch'
        + least(source_version, 253402300799999999) / 1000000 * interval '1 second'
        + least(source_version, 253402300799999999) % 1000000 * interval '1 microsecond',
      clock_timestamp()
    FROM newest
    ORDER BY conversation_id, message_id
    ON CONFLICT (conversation_id, message_id) DO UPDATE SET
      author_id = NULL,
      body = NULL,
      media = NULL,
      created_at = NULL,
      updated_at = NULL,
      source_version = excluded.source_version,
      event_id = excluded.event_id,
      sync_source = excluded.sync_source,
      retry_count = excluded.retry_count,
      deleted_at = excluded.deleted_at,
      mirrored_at = excluded.mirrored_at
    WHERE mirror.source_version < excluded.source_version
      OR (mirror.source_version = excluded.source_version AND mirror.deleted_at IS NULL)
      OR (mirror.conversation_id, mirror.message_id, mirror.source_version) IN (
        SELECT conversation_id, message_id, _replaces_version
        FROM jsonb_to_recordset(_repairs) AS repair (
          conversation_id text COLLATE "C", message_id text COLLATE "C", _replaces_version bigint
        )
      )
    RETURNING mirror.conversation_id, mirror.message_id
  )
  SELECT array_agg(newest._ordinal::integer) INTO _applied
  FROM newest JOIN written USING (conversation_id, message_id);

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
        FROM dm_messages_mirror AS mirror
        WHERE mirror.conversation_id = event.conversation_id AND mirror.message_id = event.message_id
      ) THEN 'duplicate'
      ELSE 'stale'
    END
  FROM ROWS FROM (
    jsonb_to_recordset(events) AS (
      conversation_id text COLLATE "C",
      message_id text COLLATE "C",
      source_version bigint
    )
  ) WITH ORDINALITY AS event (conversation_id, message_id, source_version, _ordinal);
END
$procedure$;
