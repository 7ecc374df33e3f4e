-- body_compare: Tells the endpoint of a delivery that came again with another body; no row where the body is the same, or
-- the delivery is kept no longer.
-- $1 shard int2
-- $2 delivery int8
-- $3 digest bytea
-- rows: endpoint text
-- uses: delivery_pkey
SELECT endpoint FROM postroom.delivery WHERE shard = $1 AND id = $2 AND sha256(body) <> $3 LIMIT 1;
