-- retry_end_gone: Ends retries that the worker holds and whose deliveries are in no partition: nothing is left to be tried.
-- Each row that it returns is a loss that somebody must be told of.
-- $1 shard int2
-- $2 worker int8
-- $3 deliveries int8[]
-- $4 handlers text[]
-- rows: delivery_id int8, handler text
-- uses: retry_pkey, delivery_pkey
WITH held AS MATERIALIZED (
    SELECT r.place FROM unnest($3::bigint[], $4::text[]) AS gone (delivery_id, handler)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM postroom.retry
        WHERE shard = $1 AND delivery_id = gone.delivery_id AND handler = gone.handler
          AND worker IS NOT DISTINCT FROM $2
        LIMIT 1 FOR UPDATE
    ) AS r
    WHERE NOT EXISTS (SELECT FROM postroom.delivery WHERE shard = $1 AND id = gone.delivery_id)
)
DELETE FROM postroom.retry WHERE ctid = ANY (ARRAY(SELECT place FROM held))
RETURNING delivery_id, handler;
