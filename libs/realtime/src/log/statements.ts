export const APPEND = 'SELECT realtime_append($1::jsonb) AS kept';

export const SEQUENCE =
  'SELECT sequenced, stale, next_ms, "unknown" FROM realtime_sequence($1, $2)';

export const LEARN = 'SELECT realtime_learn($1::jsonb)';

export const MEMBERS = 'SELECT members FROM realtime_conversations WHERE conversation_id = $1';

export const PURGE = 'SELECT realtime_purge($1, $2, $3) AS deleted';

export const DROP_UNKNOWN = `
  DELETE FROM realtime_events e
  WHERE sequence IS NULL AND conversation_id IS NOT NULL
    AND received_at < clock_timestamp() - make_interval(secs => $1::double precision / 1000)
    AND NOT EXISTS (
      SELECT FROM realtime_conversations c WHERE c.conversation_id = e.conversation_id
    )
  RETURNING id`;

/** The state and the changes are read at one moment: what is purged meanwhile shows in the state. */
export const READ_AFTER = `
  SELECT l.epoch, l.first_sequence, l.last_sequence, e.*
  FROM realtime_log l LEFT JOIN LATERAL (
    SELECT sequence, conversation_id, audience, removed, late, frame, version
    FROM realtime_events WHERE sequence > $1 ORDER BY sequence LIMIT $2
  ) e ON true
  ORDER BY e.sequence`;

export const REPLAY = `
  SELECT l.epoch, l.first_sequence, l.last_sequence, r.*
  FROM realtime_log l LEFT JOIN LATERAL (
    SELECT a.sequence, a.removed, e.conversation_id, e.late, e.frame
    FROM realtime_audience a
    JOIN realtime_events e ON e.sequence = a.sequence
    LEFT JOIN realtime_conversations c ON c.conversation_id = e.conversation_id
    WHERE a.user_id = $1 AND a.sequence > $2 AND a.sequence <= $3
      AND (
        a.removed OR e.conversation_id IS NULL OR a.user_id = ANY (c.members)
        -- That a conversation is gone is told to those who were in it last.
        OR (e.members IS NOT NULL AND e.deleted)
      )
    ORDER BY a.sequence LIMIT $4
  ) r ON true
  ORDER BY r.sequence`;

export const STATE = 'SELECT epoch, first_sequence, last_sequence FROM realtime_log';

const NEW_EPOCH = "left(replace(gen_random_uuid()::text, '-', ''), 12)";

export const ALIVE = `
  WITH before AS (
    SELECT alive_at < clock_timestamp() - make_interval(secs => $1::double precision / 1000) AS anew
    FROM realtime_log FOR UPDATE
  )
  UPDATE realtime_log SET alive_at = clock_timestamp(),
    epoch = CASE WHEN before.anew THEN ${NEW_EPOCH} ELSE epoch END
  FROM before
  RETURNING before.anew`;

export const BEGIN_ANEW = `UPDATE realtime_log SET alive_at = clock_timestamp(), epoch = ${NEW_EPOCH}`;

export const LEASE = `
  INSERT INTO realtime_forwarders AS f (name, sequence, holder, leased_until)
  SELECT $1, l.last_sequence, $2, clock_timestamp() + make_interval(secs => $3::double precision / 1000)
  FROM realtime_log l
  ON CONFLICT (name) DO UPDATE
  SET holder = excluded.holder, leased_until = excluded.leased_until
  WHERE f.holder = excluded.holder OR f.leased_until < clock_timestamp()
  RETURNING f.sequence`;

export const FORWARDED = `
  UPDATE realtime_forwarders SET sequence = $3
  WHERE name = $1 AND holder = $2 AND sequence < $3`;
