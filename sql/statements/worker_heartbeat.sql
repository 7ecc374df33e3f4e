-- worker_heartbeat: Says that a worker lives. No row means that it was rescued.
-- $1 worker WorkerID
-- rows: directory_version int8
-- uses: worker_pkey
UPDATE postroom.worker SET heartbeat_at = now() WHERE id = $1
RETURNING (SELECT version FROM postroom.directory);
