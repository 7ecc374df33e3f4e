-- worker_expire: Removes the workers that have given no sign of life since the ones that were seen.
-- One whose row is locked is left for the next look: a transaction of its handler is about to finish a job.
-- $1..$2 silent Silent[]: worker WorkerID, heartbeat_at timestamptz
-- rows: id WorkerID
WITH gone AS MATERIALIZED (
    SELECT worker.id FROM postroom.worker
    JOIN unnest($1::bigint[], $2::timestamptz[]) AS silent (id, heartbeat_at) USING (id, heartbeat_at)
    FOR UPDATE OF worker SKIP LOCKED
)
DELETE FROM postroom.worker WHERE id = ANY (ARRAY(SELECT id FROM gone)) RETURNING id;
