-- ordered_claim: Claims due jobs that are in front of their key and no suspects, oldest first for each handler, and reads their
-- deliveries.
-- A job of a handler that goes by the order of arrival is not claimed while an earlier one of its key may still be in a batch,
-- or need its key, nor while some of its handler may lie under a former name. The first batch that there is is looked for
-- from a number on below which none is left. Otherwise it does what due_claim does.
-- $1 worker WorkerID
-- $2..$5 wanted Wanted[]: handler HandlerName, most int4, start timestamptz, is_transactional bool
-- $6 floor BatchID
-- rows: handler HandlerName, failed_attempts int4, attempts_before_replay int4, delivery_id DeliveryID,
--       received_at timestamptz, endpoint EndpointName?, source Source?, event_type text?, idempotency_key text?,
--       headers Headers?, body bytea?, due_at timestamptz, is_finished bool, order_key text, order_position int8
-- uses: retry_ordered, retry_unkeyed, batch_pkey, delivery_pkey
WITH first_batch AS MATERIALIZED (
    SELECT coalesce((SELECT id FROM postroom.batch WHERE id >= $6 ORDER BY id LIMIT 1) * 256, 9223372036854775807) AS delivery
), due AS MATERIALIZED (
    SELECT ready.*, wanted.is_transactional
    FROM unnest($2::text[], $3::integer[], $4::timestamptz[], $5::boolean[])
        AS wanted (handler, most, start, is_transactional)
    JOIN postroom.handler ON handler.name = wanted.handler AND handler.paused_at IS NULL AND handler.removed_at IS NULL
        AND (handler.busy_until IS NULL OR handler.busy_until <= now()) AND NOT handler.is_moving
    CROSS JOIN LATERAL (
        SELECT CASE WHEN handler.order_rule = 'newest' THEN 9223372036854775807 ELSE least(
            (SELECT delivery FROM first_batch),
            (SELECT u.delivery_id FROM postroom.retry u WHERE u.handler = wanted.handler AND u.needs_key
             ORDER BY u.delivery_id LIMIT 1)) END AS first_unknown
    ) AS bound
    CROSS JOIN LATERAL (
        SELECT r.ctid AS place, r.delivery_id, r.handler, r.received_at, r.failed_attempts, r.attempts_before_replay, r.due_at,
               r.order_key, r.order_position
        FROM postroom.retry r
        WHERE r.worker IS NULL AND r.deaths < 2 AND r.order_key IS NOT NULL AND NOT r.is_behind
          AND r.handler = wanted.handler AND r.due_at >= wanted.start AND r.due_at <= now()
          AND r.delivery_id < bound.first_unknown
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
           SELECT FROM postroom.finished f WHERE f.delivery_id = due.delivery_id AND f.handler = due.handler),
       due.order_key, due.order_position
FROM due
LEFT JOIN LATERAL (
    SELECT endpoint, source, event_type, idempotency_key, headers, body FROM postroom.delivery
    WHERE id = due.delivery_id AND received_at = due.received_at
    LIMIT 1
) AS delivery ON true;
