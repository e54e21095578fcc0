-- Deletes the oldest changes of the log: those older than max_age_ms and those beyond keep, at most
-- batch of them. Cursors before what is left have expired. Returns how many it deleted; with batch,
-- there may be more.
CREATE OR REPLACE FUNCTION realtime_purge(max_age_ms double precision, keep bigint, batch integer)
RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  cut     bigint;
  deleted integer;
BEGIN
  SELECT greatest(
           l.last_sequence - keep,
           coalesce((
             SELECT max(e.sequence) FROM (
               SELECT sequence, sequenced_at FROM realtime_events
               WHERE sequence IS NOT NULL ORDER BY sequence LIMIT batch
             ) e WHERE e.sequenced_at < clock_timestamp() - make_interval(secs => max_age_ms / 1000)
           ), 0)
         ) INTO cut
  FROM realtime_log l;
  WITH oldest AS (
    SELECT id FROM realtime_events
    WHERE sequence IS NOT NULL AND sequence <= cut ORDER BY sequence LIMIT batch FOR UPDATE
  ),
  gone AS (
    DELETE FROM realtime_events e USING oldest o WHERE e.id = o.id
    RETURNING e.sequence, e.audience || e.removed AS users
  ),
  untold AS (
    DELETE FROM realtime_audience a USING (SELECT sequence, unnest(users) AS user_id FROM gone) g
    WHERE a.user_id = g.user_id AND a.sequence = g.sequence
  ),
  moved AS (
    UPDATE realtime_log SET first_sequence = greatest(first_sequence, (SELECT max(sequence) + 1 FROM gone))
    WHERE EXISTS (SELECT FROM gone)
  )
  SELECT count(*) FROM gone INTO deleted;
  RETURN deleted;
END $$;
