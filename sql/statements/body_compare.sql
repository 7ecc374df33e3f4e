-- body_compare: Tells which deliveries came again under their key with another body. The first ones stay as they are.
-- $1 shard int2
-- $2 deliveries int8[]
-- $3 digests bytea[]
-- rows: delivery_id int8, endpoint text
SELECT first.id, first.endpoint FROM unnest($2::bigint[], $3::bytea[]) AS again (id, digest)
CROSS JOIN LATERAL (
    SELECT id, endpoint, body FROM postroom.delivery WHERE shard = $1 AND id = again.id LIMIT 1
) AS first
WHERE sha256(first.body) <> again.digest;
