-- key_find: Finds the deliveries that hold the given keys.
-- $1 key_hashes KeyHash[]
-- rows: key_hash KeyHash, delivery_id DeliveryID
-- uses: idempotency_key_pkey
SELECT key_hash, delivery_id FROM postroom.idempotency_key WHERE key_hash = ANY ($1);
