-- worker_silent: Tells which workers have been silent for the lease. None counts as silent for the time in which the server
-- itself was down.
-- $1 lease interval
-- rows: id int8
SELECT id FROM postroom.worker WHERE greatest(heartbeat_at, postroom.server_started_at()) < now() - $1;
