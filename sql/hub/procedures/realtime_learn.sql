-- Records who takes part in conversations, as somebody else knows it. What is known in a newer
-- version already is left as it is.
CREATE OR REPLACE FUNCTION realtime_learn(conversations jsonb)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM realtime_log FOR UPDATE;
  INSERT INTO realtime_conversations AS known (conversation_id, version, members)
  SELECT c.conversation_id, c.version, ARRAY(SELECT jsonb_array_elements_text(c.members))
  FROM jsonb_to_recordset(conversations) AS c (conversation_id text, version bigint, members jsonb)
  ON CONFLICT (conversation_id) DO UPDATE
  SET version = excluded.version, members = excluded.members
  WHERE excluded.version > known.version;
END $$;
