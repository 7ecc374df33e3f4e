-- worker_expire: Removes the workers that have given no sign of life since the ones that were seen.
-- $1..$2 silent Silent[]: worker WorkerID, heartbeat_at timestamptz
-- rows: id WorkerID
DELETE FROM postroom.worker USING unnest($1::bigint[], $2::timestamptz[]) AS silent (id, heartbeat_at)
WHERE worker.id = silent.id AND worker.heartbeat_at = silent.heartbeat_at
RETURNING worker.id;
