-- batch_release: Makes claimable the batches that a worker holds and does not know of.
-- $1 shard int2
-- $2 worker int8
-- $3 known int8[]
-- rows: id int8
UPDATE postroom.batch SET worker = NULL WHERE shard = $1 AND worker = $2 AND NOT id = ANY ($3) RETURNING id;
