-- key_find: Finds the deliveries that hold the given keys.
-- $1 key_hashes uuid[]
-- rows: key_hash uuid, delivery_id int8
-- uses: idempotency_key_pkey
SELECT key_hash, delivery_id FROM postroom.idempotency_key WHERE key_hash = ANY ($1);
