-- worker_remove: Ends a worker that leaves by itself.
-- $1 worker WorkerID
-- uses: worker_pkey
-- access: package
DELETE FROM postroom.worker WHERE id = $1;
