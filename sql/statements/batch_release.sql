-- batch_release: Makes claimable the batches that a worker holds and does not know of.
-- $1 worker int8
-- $2 known int8[]
-- rows: id int8
UPDATE postroom.batch SET worker = NULL WHERE worker = $1 AND NOT id = ANY ($2) RETURNING id;
