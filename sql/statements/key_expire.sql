-- key_expire: Deletes the idempotency keys older than their retention in a run of table blocks.
-- It reads by physical place, so that no index by age has to be kept. No row means that the run is past the table's end.
-- $1 first_block int8
-- $2 blocks int8
-- $3 age interval
-- rows: deleted Int
WITH gone AS (
    DELETE FROM postroom.idempotency_key
    WHERE ctid >= format('(%s,0)', $1)::tid AND ctid < format('(%s,0)', $1 + $2)::tid AND received_at < now() - $3
    RETURNING 1
)
SELECT count(*) FROM gone
HAVING $1 * current_setting('block_size')::bigint < pg_relation_size('postroom.idempotency_key');
