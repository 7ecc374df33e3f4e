-- retry_release: Makes claimable the retries that a worker holds and does not know of.
-- No worker died, so that a suspect among them gets no strike.
-- $1 shard int2
-- $2 worker int8
-- $3 known_deliveries int8[]
-- $4 known_handlers text[]
-- rows: delivery_id int8
-- uses: retry_held
UPDATE postroom.retry SET worker = NULL, running_since = NULL
WHERE shard = $1 AND worker = $2
  AND NOT EXISTS (
      SELECT FROM unnest($3::bigint[], $4::text[]) AS known (delivery_id, handler)
      WHERE known.delivery_id = retry.delivery_id AND known.handler = retry.handler)
RETURNING delivery_id;
