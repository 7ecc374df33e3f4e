-- batch_settle: Ends batches that the worker still holds, and writes the retries, dead letters and successes of their jobs.
-- Nothing is written for a batch that is held no longer, nor for any where the handler directory has changed since.
-- Jobs name their delivery; its batch is delivery_id >> 8. A job that was not tried inherits the deaths of its batch.
-- A job that is to die and whose delivery is not found proves nothing: it is owed again in a minute. Jobs that were owed
-- already come back as conflicts: by a replay of the same delivery, or, where the times differ, by another delivery of the
-- same number. Jobs with a key come in behind: order_arrange has to follow, and order_lock to come before.
-- $1 worker WorkerID
-- $2 directory_version int8
-- $3 batch_ids BatchID[]
-- $4..$11 owed Owed[]: delivery DeliveryID, handler HandlerName, due_in interval, failed_attempts int4, is_held bool,
--     needs_key bool, order_key text?, order_position int8?
-- $12..$14 dead Dead[]: delivery DeliveryID, handler HandlerName, reason DeathReason
-- $15..$19 failed Failed[]: delivery DeliveryID, handler HandlerName, attempt int4, duration interval, error text
-- $20..$22 handled Handled[]: batch BatchID, runs bytea, page int4
-- $23 handlers HandlerName[]
-- rows: directory_version int8, settled BatchID[], conflicting_deliveries DeliveryID[],
--       conflicting_handlers HandlerName[], conflicts_are_others bool[]
-- uses: batch_pkey, delivery_pkey
-- access: package
WITH settled AS (
    DELETE FROM postroom.batch
    WHERE id = ANY ($3) AND worker = $1
      AND (SELECT version FROM postroom.directory) = $2
    RETURNING id, received_at, deaths
), failed AS (
    SELECT f.*, settled.received_at
    FROM unnest($15::bigint[], $16::text[], $17::integer[], $18::interval[], $19::text[])
        AS f (delivery_id, handler, attempt, duration, error)
    JOIN settled ON settled.id = f.delivery_id >> 8
), recorded AS (
    INSERT INTO postroom.failed_attempt (delivery_id, handler, attempt, failed_at, duration, worker, error)
    SELECT delivery_id, handler, attempt, now(), duration, $1, error FROM failed
), dying AS MATERIALIZED (
    SELECT d.delivery_id, d.handler, d.reason, failed.attempt, failed.error, failed.duration,
           failed.received_at AS settled_received_at, delivery.*
    FROM unnest($12::bigint[], $13::text[], $14::text[]) AS d (delivery_id, handler, reason)
    JOIN failed USING (delivery_id, handler)
    LEFT JOIN LATERAL (
        SELECT id, endpoint, source, event_type, idempotency_key, received_at, headers, body FROM postroom.delivery
        WHERE id = d.delivery_id AND received_at = failed.received_at
        LIMIT 1
    ) AS delivery ON true
), owing AS MATERIALIZED (
    SELECT o.delivery_id, o.handler, settled.received_at, o.failed_attempts, now() + o.due_in AS due_at,
           CASE WHEN o.is_held THEN $1 END AS worker,
           CASE WHEN o.failed_attempts = 0 THEN settled.deaths ELSE 0 END AS deaths,
           o.needs_key, o.order_key, o.order_position
    FROM unnest($4::bigint[], $5::text[], $6::interval[], $7::integer[], $8::boolean[], $9::boolean[], $10::text[],
                $11::bigint[])
        AS o (delivery_id, handler, due_in, failed_attempts, is_held, needs_key, order_key, order_position)
    JOIN settled ON settled.id = o.delivery_id >> 8
    UNION ALL
    SELECT delivery_id, handler, settled_received_at, attempt, now() + interval '1 minute', NULL, 0, false, NULL, NULL
    FROM dying WHERE id IS NULL
), owed AS (
    INSERT INTO postroom.retry
        (delivery_id, handler, received_at, failed_attempts, due_at, worker, deaths, needs_key, order_key, order_position,
         is_behind)
    SELECT delivery_id, handler, received_at, failed_attempts, due_at, worker, deaths, needs_key, order_key, order_position,
           order_key IS NOT NULL
    FROM owing
    ON CONFLICT (delivery_id, handler) DO NOTHING
    RETURNING delivery_id, handler
), conflicting AS (
    SELECT delivery_id, handler, EXISTS (
               SELECT FROM postroom.retry r
               WHERE r.delivery_id = owing.delivery_id AND r.handler = owing.handler
                 AND r.received_at <> owing.received_at) AS is_other
    FROM owing
    WHERE NOT EXISTS (
        SELECT FROM owed WHERE owed.delivery_id = owing.delivery_id AND owed.handler = owing.handler)
), died AS (
    INSERT INTO postroom.dead_letter
        (delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
         failed_attempts, error, fingerprint, history, headers, body)
    SELECT delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, now(), reason,
           attempt, error, postroom.error_fingerprint(error),
           jsonb_build_array(jsonb_build_object(
               'attempt', attempt, 'at', now(), 'seconds', extract(epoch FROM duration), 'error', error)),
           headers, body
    FROM dying WHERE id IS NOT NULL
    ON CONFLICT (delivery_id, handler) DO UPDATE
    SET died_at = excluded.died_at, reason = excluded.reason, failed_attempts = excluded.failed_attempts,
        error = excluded.error, fingerprint = excluded.fingerprint, history = dead_letter.history || excluded.history
), succeeded AS (
    INSERT INTO postroom.handled (batch_id, settled_at, worker, handlers, runs)
    -- A run names its handler by one byte: each row has its page of 256 from the list.
    SELECT h.batch_id, now(), $1, ($23::text[])[h.page * 256 + 1 : h.page * 256 + 256], h.runs
    FROM unnest($20::bigint[], $21::bytea[], $22::integer[]) AS h (batch_id, runs, page)
    JOIN settled ON settled.id = h.batch_id
)
SELECT (SELECT version FROM postroom.directory), coalesce((SELECT array_agg(id) FROM settled), '{}'),
       coalesce((SELECT array_agg(delivery_id) FROM conflicting), '{}'),
       coalesce((SELECT array_agg(handler) FROM conflicting), '{}'),
       coalesce((SELECT array_agg(is_other) FROM conflicting), '{}');
