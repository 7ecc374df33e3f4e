-- retry_end_gone: Ends retries that the worker holds and whose deliveries are in no partition: nothing is left to be tried.
-- Each row that it returns is a loss that somebody must be told of.
-- $1 worker WorkerID
-- $2..$3 gone Gone[]: delivery DeliveryID, handler HandlerName
-- rows: delivery_id DeliveryID, handler HandlerName
-- uses: retry_pkey, delivery_pkey
WITH held AS MATERIALIZED (
    SELECT r.place FROM unnest($2::bigint[], $3::text[]) AS gone (delivery_id, handler)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM postroom.retry
        WHERE delivery_id = gone.delivery_id AND handler = gone.handler
          AND worker IS NOT DISTINCT FROM $1
        LIMIT 1 FOR UPDATE
    ) AS r
    WHERE NOT EXISTS (SELECT FROM postroom.delivery WHERE id = gone.delivery_id)
)
DELETE FROM postroom.retry WHERE ctid = ANY (ARRAY(SELECT place FROM held))
RETURNING delivery_id, handler;
