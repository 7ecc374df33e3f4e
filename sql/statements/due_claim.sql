-- due_claim: Claims due retries that are no suspects and have no key, oldest first for each handler, and reads their deliveries.
-- Each handler has its own limit, and its own time from which the claim looks; paused, busy and removed ones get none. A retry
-- whose delivery was not found is claimed like the others, with nulls in place of its delivery; that proves nothing: ask
-- delivery_find. The rows are locked, so that they can be changed by their place, which leaves the planner no choice.
-- Jobs of transactional handlers may be finished already.
-- $1 worker WorkerID
-- $2..$5 wanted Wanted[]: handler HandlerName, most int4, start timestamptz, is_transactional bool
-- rows: handler HandlerName, failed_attempts int4, attempts_before_replay int4, delivery_id DeliveryID,
--       received_at timestamptz, endpoint EndpointName?, source Source?, event_type text?, idempotency_key text?,
--       headers Headers?, body bytea?, due_at timestamptz, is_finished bool, needs_key bool
-- uses: retry_waiting, delivery_pkey
WITH due AS MATERIALIZED (
    SELECT ready.*, wanted.is_transactional
    FROM unnest($2::text[], $3::integer[], $4::timestamptz[], $5::boolean[])
        AS wanted (handler, most, start, is_transactional)
    JOIN postroom.handler ON handler.name = wanted.handler AND handler.paused_at IS NULL AND handler.removed_at IS NULL
        AND (handler.busy_until IS NULL OR handler.busy_until <= now())
    CROSS JOIN LATERAL (
        SELECT r.ctid AS place, r.delivery_id, r.handler, r.received_at, r.failed_attempts, r.attempts_before_replay, r.due_at,
               r.needs_key
        FROM postroom.retry r
        WHERE r.worker IS NULL AND r.deaths < 2 AND r.order_key IS NULL AND r.handler = wanted.handler
          AND r.due_at >= wanted.start AND r.due_at <= now()
          AND EXISTS (SELECT FROM postroom.worker WHERE id = $1)
        ORDER BY r.due_at LIMIT wanted.most
        FOR UPDATE OF r SKIP LOCKED
    ) AS ready
), claimed AS (
    UPDATE postroom.retry SET worker = $1 WHERE ctid = ANY (ARRAY(SELECT place FROM due))
)
SELECT due.handler, due.failed_attempts, due.attempts_before_replay, due.delivery_id, due.received_at, delivery.endpoint,
       delivery.source, delivery.event_type, delivery.idempotency_key, delivery.headers, delivery.body,
       due.due_at, due.is_transactional AND EXISTS (
           SELECT FROM postroom.finished f WHERE f.delivery_id = due.delivery_id AND f.handler = due.handler), due.needs_key
FROM due
LEFT JOIN LATERAL (
    SELECT endpoint, source, event_type, idempotency_key, headers, body FROM postroom.delivery
    WHERE id = due.delivery_id AND received_at = due.received_at
    LIMIT 1
) AS delivery ON true;
