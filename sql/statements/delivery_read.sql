-- delivery_read: Reads one delivery as it was received.
-- $1 id int8
-- rows: shard int2, id int8, received_at timestamptz, endpoint text, source text, event_type text?, idempotency_key text, headers bytea, body bytea
-- uses: delivery_pkey
SELECT shard, id, received_at, endpoint, source, event_type, idempotency_key, headers, body FROM postroom.delivery
WHERE shard = ANY (ARRAY(SELECT generate_series(0, shards - 1)::smallint FROM postroom.inbox)) AND id = $1;
