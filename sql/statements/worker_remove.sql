-- worker_remove: Ends a worker that leaves by itself.
-- $1 worker WorkerID
-- uses: worker_pkey
DELETE FROM postroom.worker WHERE id = $1;
