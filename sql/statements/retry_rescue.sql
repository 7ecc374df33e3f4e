-- retry_rescue: Makes claimable the retries whose worker has no row any more.
-- $1 shard int2
-- rows: delivery_id int8
-- uses: retry_held
UPDATE postroom.retry SET worker = NULL
WHERE shard = $1 AND worker IS NOT NULL
  AND NOT EXISTS (SELECT FROM postroom.worker WHERE worker.id = retry.worker)
RETURNING delivery_id;
