-- suspect_claim: Claims the suspect that has waited longest, marks it as running, and reads its delivery.
-- The oldest one of each handler is looked at; paused, busy or removed handlers have none. A suspect whose delivery was not
-- found is claimed with nulls in its place; that proves nothing: ask delivery_find. One with a key has to be in front, and its
-- turn must have come as for ordered_claim.
-- $1 worker WorkerID
-- $2 handlers HandlerName[]
-- rows: handler HandlerName, failed_attempts int4, attempts_before_replay int4, delivery_id DeliveryID,
--       received_at timestamptz, endpoint EndpointName?, source Source?, event_type text?, idempotency_key text?,
--       headers Headers?, body bytea?, is_finished bool, needs_key bool,
--       order_key text?, order_position int8?
-- uses: retry_suspect, delivery_pkey
WITH due AS MATERIALIZED (
    SELECT ready.* FROM unnest($2::text[]) AS wanted (handler)
    JOIN postroom.handler ON handler.name = wanted.handler AND handler.paused_at IS NULL AND handler.removed_at IS NULL
        AND (handler.busy_until IS NULL OR handler.busy_until <= now())
    CROSS JOIN LATERAL (
        SELECT r.ctid AS place, r.delivery_id, r.handler, r.received_at, r.failed_attempts, r.attempts_before_replay, r.due_at,
               r.needs_key, r.order_key, r.order_position
        FROM postroom.retry r
        WHERE r.worker IS NULL AND r.deaths >= 2 AND NOT r.is_behind AND r.handler = wanted.handler AND r.due_at <= now()
          AND (r.order_key IS NULL OR NOT handler.is_moving AND (handler.order_rule = 'newest' OR
               NOT EXISTS (SELECT FROM postroom.batch WHERE id < r.delivery_id >> 8) AND
               NOT EXISTS (SELECT FROM postroom.retry u
                           WHERE u.handler = r.handler AND u.needs_key AND u.delivery_id < r.delivery_id)))
          AND EXISTS (SELECT FROM postroom.worker WHERE id = $1)
        ORDER BY r.due_at, r.delivery_id LIMIT 1
        FOR UPDATE OF r SKIP LOCKED
    ) AS ready
    ORDER BY ready.due_at, ready.delivery_id LIMIT 1
), claimed AS (
    UPDATE postroom.retry SET worker = $1, running_since = clock_timestamp()
    WHERE ctid = ANY (ARRAY(SELECT place FROM due))
)
SELECT due.handler, due.failed_attempts, due.attempts_before_replay, due.delivery_id, due.received_at, delivery.endpoint,
       delivery.source, delivery.event_type, delivery.idempotency_key, delivery.headers, delivery.body,
       EXISTS (SELECT FROM postroom.finished f WHERE f.delivery_id = due.delivery_id AND f.handler = due.handler),
       due.needs_key, due.order_key, due.order_position
FROM due
LEFT JOIN LATERAL (
    SELECT endpoint, source, event_type, idempotency_key, headers, body FROM postroom.delivery
    WHERE id = due.delivery_id AND received_at = due.received_at
    LIMIT 1
) AS delivery ON true;
