-- worker_remove: Ends a worker that leaves by itself.
-- $1 worker int8
-- uses: worker_pkey
DELETE FROM postroom.worker WHERE id = $1;
