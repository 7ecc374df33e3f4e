-- delivery_read: Reads one delivery as it was received.
-- $1 id int8
-- rows: id int8, received_at timestamptz, endpoint text, source text, event_type text?, idempotency_key text, headers bytea, body bytea
-- uses: delivery_pkey
SELECT id, received_at, endpoint, source, event_type, idempotency_key, headers, body FROM postroom.delivery
WHERE id = $1;
