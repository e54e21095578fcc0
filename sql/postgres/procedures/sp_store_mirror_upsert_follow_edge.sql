-- Generated from the entity follow.edge of the contract by `pnpm sqlgen`: change it there.
--
-- Writes a batch of changes. "events" is a JSON array of objects:
--   user_id, target_id, created_at, updated_at, edge_type: the row;
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
CREATE OR REPLACE FUNCTION sp_store_mirror_upsert_follow_edge(events jsonb)
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
        user_id text COLLATE "C",
        target_id text COLLATE "C",
        created_at timestamptz,
        updated_at timestamptz,
        edge_type text,
        source_version bigint,
        event_id text,
        sync_source text,
        retry_count integer,
        _deleted boolean
      )
    ) WITH ORDINALITY AS event (user_id, target_id, created_at, updated_at, edge_type, source_version, event_id, sync_source, retry_count, _deleted, _ordinal)
  ), newest AS (
    SELECT DISTINCT ON (user_id, target_id) *
    FROM event
    ORDER BY user_id, target_id, source_version DESC, _deleted DESC NULLS LAST, _ordinal
  ), written AS (
    INSERT INTO follow_edges_mirror AS mirror (
      user_id, target_id, created_at, updated_at, edge_type, source_version, event_id, sync_source, retry_count, deleted_at, mirrored_at
    )
    SELECT
      user_id, target_id, created_at, updated_at, edge_type, source_version, event_id, sync_source, retry_count,
      CASE WHEN _deleted THEN timestamptz 'epoch'
        + least(source_version, 253402300799999999) / 1000000 * interval '1 second'
        + least(source_version, 253402300799999999) % 1000000 * interval '1 microsecond' END,
      clock_timestamp()
    FROM newest
    ORDER BY user_id, target_id
    ON CONFLICT (user_id, target_id) DO UPDATE SET
      created_at = excluded.created_at,
      updated_at = excluded.updated_at,
      edge_type = excluded.edge_type,
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
      OR (mirror.user_id, mirror.target_id, mirror.source_version) IN (
        SELECT user_id, target_id, _replaces_version
        FROM jsonb_to_recordset(_repairs) AS repair (
          user_id text COLLATE "C", target_id text COLLATE "C", _replaces_version bigint
        )
      )
    RETURNING mirror.user_id, mirror.target_id
  )
  SELECT array_agg(newest._ordinal::integer) INTO _applied
  FROM newest JOIN written USING (user_id, target_id);

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
        FROM follow_edges_mirror AS mirror
        WHERE mirror.user_id = event.user_id AND mirror.target_id = event.target_id
      ) THEN 'duplicate'
      ELSE 'stale'
    END
  FROM ROWS FROM (
    jsonb_to_recordset(events) AS (
      user_id text COLLATE "C",
      target_id text COLLATE "C",
      source_version bigint
    )
  ) WITH ORDINALITY AS event (user_id, target_id, source_version, _ordinal);
END
$procedure$;
