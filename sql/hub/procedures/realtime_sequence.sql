-- Gives the changes that have waited long enough their places in the log, in the order of versions
-- within each stream, decides who may see each of them, and wakes the hubs.
--
-- The lock on the one row of realtime_log is held to the end of the transaction: sequences have no
-- gap, and whoever sees one sees all before it.
CREATE OR REPLACE FUNCTION realtime_sequence(window_ms double precision, batch integer)
RETURNS TABLE (
  -- Where the log ends now.
  last_sequence bigint,
  sequenced     integer,
  -- Dropped: a newer version of the same document was in the log.
  stale         integer,
  -- Until the next change has waited long enough; null when none waits for that.
  next_ms       double precision,
  -- Conversations of which nobody knows who takes part; their changes wait until somebody says it.
  unknown       text[]
)
LANGUAGE plpgsql AS $$
DECLARE
  base       bigint;
  ripe       timestamptz;
  taken      integer;
BEGIN
  SELECT l.last_sequence INTO base FROM realtime_log l FOR UPDATE;
  ripe := clock_timestamp() - make_interval(secs => window_ms / 1000);

  WITH pending AS MATERIALIZED (
    SELECT e.id, e.path, e.version, e.deleted, e.stream, e.conversation_id, e.members, e.owner,
           e.received_at, c.version AS known_version, c.members AS known_members,
           c.logged_version
    FROM realtime_events e
    LEFT JOIN realtime_conversations c ON c.conversation_id = e.conversation_id
    WHERE e.sequence IS NULL
  ),
  streams AS (
    SELECT p.stream,
           max(p.version) FILTER (WHERE p.received_at <= ripe) AS upto,
           bool_or(p.conversation_id IS NULL OR p.known_members IS NOT NULL OR p.members IS NOT NULL)
             AS decidable
    FROM pending p GROUP BY p.stream
  ),
  chosen AS MATERIALIZED (
    SELECT p.*,
           EXISTS (
             SELECT FROM realtime_events l
             WHERE l.path = p.path AND l.sequence IS NOT NULL
               AND (l.version, l.deleted) > (p.version, p.deleted)
           ) AS outdated
    FROM pending p JOIN streams s USING (stream)
    WHERE s.decidable AND p.version <= s.upto
    ORDER BY p.version, p.deleted, p.id
    LIMIT batch
  ),
  numbered AS (
    SELECT c.*,
           base + row_number() OVER (ORDER BY c.version, c.deleted, c.id) AS place,
           CASE WHEN c.version >= coalesce(c.known_version, 0) THEN c.members END AS new_members
    FROM chosen c WHERE NOT c.outdated
  ),
  counted AS (
    SELECT n.*, count(n.new_members) OVER (PARTITION BY n.stream ORDER BY n.place) AS state
    FROM numbered n
  ),
  -- Who takes part after each change: the last state so far, or else the known one, or else the
  -- first that comes.
  stated AS (
    SELECT c.*,
           coalesce(
             first_value(c.new_members) OVER (PARTITION BY c.stream, c.state ORDER BY c.place),
             c.known_members,
             first_value(c.new_members) OVER (PARTITION BY c.stream ORDER BY c.new_members IS NULL, c.place)
           ) AS members_after,
           CASE WHEN c.state > 0
             THEN first_value(c.version) OVER (PARTITION BY c.stream, c.state ORDER BY c.place)
             ELSE c.known_version
           END AS members_version
    FROM counted c
  ),
  compared AS (
    SELECT s.*,
           coalesce(
             lag(s.members_after) OVER (PARTITION BY s.stream ORDER BY s.place), s.known_members, '{}'
           ) AS members_before
    FROM stated s
  ),
  decided AS MATERIALIZED (
    SELECT d.*,
           CASE
             WHEN d.conversation_id IS NULL THEN ARRAY[d.owner]
             WHEN d.new_members IS NOT NULL AND d.deleted THEN d.members_before
             ELSE coalesce(d.members_after, '{}')
           END AS audience,
           CASE WHEN d.new_members IS NOT NULL AND NOT d.deleted
             THEN ARRAY(SELECT unnest(d.members_before) EXCEPT SELECT unnest(d.new_members))
             ELSE '{}'
           END AS removed
    FROM compared d
  ),
  logged AS (
    UPDATE realtime_events e
    SET sequence = d.place, audience = d.audience, removed = d.removed,
        late = d.version < coalesce(d.logged_version, 0), sequenced_at = clock_timestamp()
    FROM decided d WHERE e.id = d.id
  ),
  told AS (
    INSERT INTO realtime_audience (user_id, sequence, removed)
    SELECT DISTINCT u, d.place, false FROM decided d, unnest(d.audience) u
    UNION ALL
    SELECT DISTINCT u, d.place, true FROM decided d, unnest(d.removed) u
  ),
  known AS (
    INSERT INTO realtime_conversations (conversation_id, version, members, logged_version)
    SELECT DISTINCT ON (d.conversation_id) d.conversation_id, d.members_version, d.members_after,
           max(d.version) OVER (PARTITION BY d.conversation_id)
    FROM decided d
    WHERE d.conversation_id IS NOT NULL AND d.members_version IS NOT NULL
    ORDER BY d.conversation_id, d.place DESC
    ON CONFLICT (conversation_id) DO UPDATE
    SET version = excluded.version, members = excluded.members,
        logged_version = greatest(realtime_conversations.logged_version, excluded.logged_version)
  ),
  dropped AS (
    DELETE FROM realtime_events e USING chosen c WHERE c.outdated AND e.id = c.id
  )
  SELECT (SELECT count(*) FROM decided),
         (SELECT count(*) FROM chosen c WHERE c.outdated),
         (SELECT count(*) FROM chosen),
         (SELECT extract(epoch FROM min(p.received_at) - ripe) * 1000
          FROM pending p WHERE p.received_at > ripe),
         ARRAY(
           SELECT DISTINCT p.conversation_id FROM pending p JOIN streams s USING (stream)
           WHERE NOT s.decidable AND s.upto IS NOT NULL LIMIT 200
         )
  INTO sequenced, stale, taken, next_ms, unknown;

  last_sequence := base + sequenced;
  IF taken = batch THEN next_ms := 0; END IF;
  IF sequenced > 0 THEN
    UPDATE realtime_log l SET last_sequence = base + sequenced;
    PERFORM pg_notify('realtime_log', last_sequence::text);
  END IF;
  RETURN NEXT;
END $$;
