-- Keeps changes that came from the broker. One that was kept before is left as it is. Returns how
-- many were new.
CREATE OR REPLACE FUNCTION realtime_append(events jsonb)
RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  kept integer;
BEGIN
  INSERT INTO realtime_events
    (path, version, deleted, stream, conversation_id, members, owner, frame)
  SELECT e.path, e.version, e.deleted, e.stream, e.conversation_id,
         CASE WHEN e.members IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(e.members)) END,
         e.owner, e.frame
  FROM jsonb_to_recordset(events) AS e (
    path text, version bigint, deleted boolean, stream text, conversation_id text, members jsonb,
    owner text, frame text
  )
  -- All hubs lock keys in one order.
  ORDER BY e.path COLLATE "C", e.version, e.deleted
  ON CONFLICT (path, version, deleted) DO NOTHING;
  GET DIAGNOSTICS kept = ROW_COUNT;
  RETURN kept;
END $$;
