-- delivery_payload: Reads deliveries as they were received, in the order of their ids, while they fit into so many bytes.
-- The first one comes whatever its size; ask again for those that are missing.
-- $1 ids DeliveryID[]
-- $2 bytes Int
-- rows: delivery_id DeliveryID, received_at timestamptz, endpoint EndpointName, source Source, event_type text?,
--       idempotency_key text, headers Headers, body bytea
WITH sized AS MATERIALIZED (
    SELECT id, received_at, length(headers) + length(body) AS bytes FROM postroom.delivery
    WHERE id = ANY ($1)
), fitting AS MATERIALIZED (
    SELECT id, received_at FROM (SELECT *, sum(bytes) OVER (ORDER BY id) - bytes AS before FROM sized) AS s
    WHERE before < $2
)
SELECT d.id, d.received_at, d.endpoint, d.source, d.event_type, d.idempotency_key, d.headers, d.body
FROM fitting f CROSS JOIN LATERAL (
    SELECT * FROM postroom.delivery
    WHERE id = f.id AND received_at = f.received_at LIMIT 1
) AS d
ORDER BY d.id;
