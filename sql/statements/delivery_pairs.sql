-- delivery_pairs: Reads the course of one delivery: for each handler its runs, its failures and its state.
-- A state is handled, failed (one attempt), owed, parked (until an attempt of its limit key ends), running, dead or superseded.
-- $1 delivery DeliveryID
-- rows: handler HandlerName, state text, at timestamptz, attempt int4?, duration interval?, worker WorkerID?,
--       detail text?
SELECT postroom.current_name(run.handler), 'handled', run.settled_at, NULL::integer, run.duration, run.worker, NULL::text
FROM postroom.handled_run run WHERE run.batch_id = $1 >> 8 AND run.delivery_id = $1
UNION ALL
SELECT postroom.current_name(f.handler), 'failed', f.failed_at, f.attempt, f.duration, f.worker, f.error
FROM postroom.failed_attempt f WHERE f.delivery_id = $1
UNION ALL
SELECT postroom.current_name(r.handler),
       CASE WHEN r.due_at = 'infinity' THEN 'parked' WHEN r.worker IS NULL THEN 'owed' ELSE 'running' END,
       CASE WHEN r.due_at = 'infinity' THEN r.received_at ELSE r.due_at END, r.failed_attempts + 1, NULL, r.worker, NULL
FROM postroom.retry r WHERE r.delivery_id = $1
UNION ALL
SELECT postroom.current_name(s.handler), 'superseded', s.superseded_at, NULL, NULL, NULL, 'delivery ' || s.newer_id || ' is newer'
FROM postroom.superseded s WHERE s.delivery_id = $1
UNION ALL
SELECT postroom.current_name(l.handler), 'dead', l.died_at, l.failed_attempts, NULL, NULL, l.reason || ', dead letter ' || l.id
FROM postroom.dead_letter l WHERE l.delivery_id = $1
ORDER BY 3, 1;
