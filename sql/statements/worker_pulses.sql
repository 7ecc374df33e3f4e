-- worker_pulses: Reads the newest sign of life of every worker, and whether it is older than the lease by this server's clock.
-- None counts as overdue for the time in which the server itself was down.
-- $1 lease interval
-- rows: id WorkerID, heartbeat_at timestamptz, is_overdue bool
SELECT id, heartbeat_at, greatest(heartbeat_at, postroom.server_started_at()) < now() - $1 FROM postroom.worker;
