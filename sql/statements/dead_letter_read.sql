-- dead_letter_read: Reads one dead letter with its history and payload.
-- $1 id int8
-- rows: id int8, delivery_id DeliveryID, handler HandlerName, endpoint EndpointName, source Source, event_type text?,
--       idempotency_key text, received_at timestamptz, died_at timestamptz, reason text, failed_attempts int4,
--       error text, history jsonb, headers Headers, body bytea
SELECT id, delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
       failed_attempts, error, history, headers, body
FROM postroom.dead_letter
WHERE id = $1;
