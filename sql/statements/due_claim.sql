-- due_claim: Claims due retries that are no suspects, oldest first for each handler, and reads their deliveries.
-- Each handler has its own limit and the time from which its claim looks, and paused or removed ones get none. A retry whose delivery was not found is claimed
-- like the others, with nulls in place of its delivery; that proves nothing: ask delivery_find. The rows are locked, so
-- that they can be changed by their place, which leaves the planner no choice.
-- $1 shard int2
-- $2 worker int8
-- $3 handlers text[]
-- $4 limits int4[]
-- $5 starts timestamptz[]
-- rows: handler text, failed_attempts int4, forgiven_attempts int4, delivery_id int8, received_at timestamptz, endpoint text?, source text?, event_type text?, idempotency_key text?, headers bytea?, body bytea?, due_at timestamptz
-- uses: retry_waiting, delivery_pkey
WITH due AS MATERIALIZED (
    SELECT ready.* FROM unnest($3::text[], $4::integer[], $5::timestamptz[]) AS wanted (handler, most, start)
    JOIN postroom.handler ON handler.name = wanted.handler AND handler.paused_at IS NULL AND handler.removed_at IS NULL
    CROSS JOIN LATERAL (
        SELECT r.ctid AS place, r.delivery_id, r.handler, r.received_at, r.failed_attempts, r.forgiven_attempts, r.due_at
        FROM postroom.retry r
        WHERE r.shard = $1 AND r.worker IS NULL AND r.deaths < 2 AND r.handler = wanted.handler
          AND r.due_at >= wanted.start AND r.due_at <= now()
          AND EXISTS (SELECT FROM postroom.worker WHERE id = $2)
        ORDER BY r.due_at LIMIT wanted.most
        FOR UPDATE OF r SKIP LOCKED
    ) AS ready
), claimed AS (
    UPDATE postroom.retry SET worker = $2 WHERE ctid = ANY (ARRAY(SELECT place FROM due))
)
SELECT due.handler, due.failed_attempts, due.forgiven_attempts, due.delivery_id, due.received_at, delivery.endpoint,
       delivery.source, delivery.event_type, delivery.idempotency_key, delivery.headers, delivery.body,
       due.due_at
FROM due
LEFT JOIN LATERAL (
    SELECT endpoint, source, event_type, idempotency_key, headers, body FROM postroom.delivery
    WHERE shard = $1 AND id = due.delivery_id AND received_at = due.received_at
    LIMIT 1
) AS delivery ON true;
