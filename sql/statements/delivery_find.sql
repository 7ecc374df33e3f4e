-- delivery_find: Looks for deliveries by number alone, in every partition.
-- It is asked after a claim that did not find them where their batch or retry points.
-- $1..$2 ranges Range[]: first DeliveryID, last DeliveryID
-- rows: delivery_id DeliveryID, received_at timestamptz, endpoint EndpointName, source Source, event_type text?,
--       idempotency_key text, headers Headers, body bytea
-- uses: delivery_pkey
SELECT delivery.id, delivery.received_at, delivery.endpoint, delivery.source, delivery.event_type,
       delivery.idempotency_key, delivery.headers, delivery.body
FROM unnest($1::bigint[], $2::bigint[]) AS wanted (first_id, last_id)
CROSS JOIN LATERAL (
    SELECT * FROM postroom.delivery
    WHERE id >= wanted.first_id AND id <= wanted.last_id
    ORDER BY id LIMIT 256
) AS delivery;
