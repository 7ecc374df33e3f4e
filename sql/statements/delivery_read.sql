-- delivery_read: Reads one delivery as it was received.
-- $1 id DeliveryID
-- rows: delivery_id DeliveryID, received_at timestamptz, endpoint EndpointName, source Source, event_type text?,
--       idempotency_key text, headers Headers, body bytea
-- uses: delivery_pkey
SELECT id, received_at, endpoint, source, event_type, idempotency_key, headers, body FROM postroom.delivery
WHERE id = $1;
