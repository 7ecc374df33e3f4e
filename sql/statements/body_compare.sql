-- body_compare: Tells the endpoint of a delivery that came again with another body; no row where the body is the same, or
-- the delivery is kept no longer.
-- $1 delivery DeliveryID
-- $2 digest bytea
-- rows: endpoint EndpointName
-- uses: delivery_pkey
SELECT endpoint FROM postroom.delivery WHERE id = $1 AND sha256(body) <> $2 LIMIT 1;
