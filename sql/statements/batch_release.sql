-- batch_release: Makes claimable the batches that a worker holds and does not know of.
-- $1 worker WorkerID
-- $2 known BatchID[]
-- rows: id BatchID
UPDATE postroom.batch SET worker = NULL WHERE worker = $1 AND NOT id = ANY ($2) RETURNING id;
