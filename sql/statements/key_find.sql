-- key_find: Finds the deliveries that hold the given keys.
-- $1 shard int2
-- $2 key_hashes uuid[]
-- rows: key_hash uuid, delivery_id int8
-- uses: idempotency_key_pkey
SELECT key_hash, delivery_id FROM postroom.idempotency_key WHERE shard = $1 AND key_hash = ANY ($2);
