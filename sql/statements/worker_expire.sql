-- worker_expire: Removes the workers that have been silent for the lease.
-- None counts as silent for the time in which the server itself was down.
-- $1 lease interval
-- rows: id int8
DELETE FROM postroom.worker WHERE greatest(heartbeat_at, postroom.server_started_at()) < now() - $1 RETURNING id;
