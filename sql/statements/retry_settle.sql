-- retry_settle: Ends retries that the worker still holds.
-- An outcome of `owed` gives the job back with the time it is due; `handled` and `dead` remove it. An attempt that came
-- to its end, even a bad one, clears a suspect. Nothing is written for a retry that is held no longer, or for an attempt
-- that is settled already: a worker whose reply was lost may hold the job again by the time it repeats itself. A job that
-- is to die and whose delivery is not found proves nothing: it is owed again in a minute. Rows are
-- locked one by one through the primary key and then changed by their place: a join would let the planner read the whole
-- table, depending on how full that was when the plan was made, and plain `worker = $1` would let it read all held
-- retries for each. A transactional job that is finished is handled, whatever its attempt said after that.
-- A job whose key was read becomes one with a key, or one that has no order. Where jobs with a key are among them, order_lock
-- has to come before and order_arrange to follow.
-- $1 worker WorkerID
-- $2..$14 ended Ended[]: delivery DeliveryID, handler HandlerName, outcome text, due_in interval?, reason DeathReason?,
--     attempt int4?, duration interval?, error text?, run bytea?, is_transactional bool,
--     is_keyed bool, order_key text?, order_position int8?
-- rows: delivery_id DeliveryID, handler HandlerName
-- uses: retry_pkey, delivery_pkey
WITH given AS MATERIALIZED (
    SELECT *, is_transactional AND EXISTS (
               SELECT FROM postroom.finished f WHERE f.delivery_id = i.delivery_id AND f.handler = i.handler) AS is_finished
    FROM unnest($2::bigint[], $3::text[], $4::text[], $5::interval[], $6::text[], $7::integer[],
                $8::interval[], $9::text[], $10::bytea[], $11::boolean[], $12::boolean[], $13::text[], $14::bigint[])
        AS i (delivery_id, handler, outcome, due_in, reason, attempt, duration, error, run, is_transactional, is_keyed,
              new_key, new_position)
), input AS MATERIALIZED (
    SELECT delivery_id, handler, CASE WHEN is_finished THEN 'handled' ELSE outcome END AS outcome, due_in, reason, attempt,
           duration, CASE WHEN NOT is_finished THEN error END AS error,
           coalesce(run, set_byte('\x00000000', 0, (delivery_id & 255)::integer)) AS run, is_finished, is_keyed, new_key, new_position
    FROM given
), settled AS MATERIALIZED (
    SELECT input.*, r.place, r.received_at, r.replay, r.order_key, r.order_position, handler.order_rule FROM input
    CROSS JOIN LATERAL (
        SELECT ctid AS place, received_at, replay, order_key, order_position FROM postroom.retry
        WHERE delivery_id = input.delivery_id AND handler = input.handler
          AND worker IS NOT DISTINCT FROM $1 AND failed_attempts = coalesce(input.attempt - 1, failed_attempts)
        LIMIT 1 FOR UPDATE
    ) AS r
    LEFT JOIN postroom.handler ON handler.name = input.handler AND r.order_key IS NOT NULL
), dying AS MATERIALIZED (
    SELECT settled.*, delivery.* FROM settled
    CROSS JOIN LATERAL (
        SELECT endpoint, source, event_type, idempotency_key, headers, body FROM postroom.delivery
        WHERE id = settled.delivery_id AND received_at = settled.received_at
        LIMIT 1
    ) AS delivery
    WHERE settled.outcome = 'dead'
), held AS MATERIALIZED (
    SELECT delivery_id, handler, attempt, duration, error, run, is_finished, is_keyed, new_key, new_position, order_key,
           order_position, order_rule, place,
           CASE WHEN is_unfound THEN 'owed' ELSE outcome END AS outcome,
           CASE WHEN is_unfound THEN interval '1 minute' ELSE due_in END AS due_in
    FROM (
        SELECT *, outcome = 'dead' AND NOT place = ANY (ARRAY(SELECT place FROM dying)) AS is_unfound FROM settled
    ) AS judged
), again AS (
    UPDATE postroom.retry
    SET worker = NULL, running_since = NULL, due_at = now() + held.due_in,
        failed_attempts = coalesce(held.attempt, failed_attempts),
        deaths = CASE WHEN held.error IS NULL THEN deaths ELSE 0 END,
        needs_key = needs_key AND NOT held.is_keyed,
        order_key = CASE WHEN held.is_keyed THEN held.new_key ELSE retry.order_key END,
        order_position = CASE WHEN held.is_keyed THEN held.new_position ELSE retry.order_position END,
        is_behind = held.is_keyed AND held.new_key IS NOT NULL
    FROM held
    WHERE retry.ctid = held.place AND held.outcome = 'owed'
), ended AS (
    DELETE FROM postroom.retry WHERE ctid = ANY (ARRAY(SELECT place FROM held WHERE outcome <> 'owed'))
), taken_note AS (
    DELETE FROM postroom.finished f USING held
    WHERE held.is_finished AND f.delivery_id = held.delivery_id AND f.handler = held.handler
), recorded AS (
    INSERT INTO postroom.failed_attempt (delivery_id, handler, attempt, failed_at, duration, worker, error)
    SELECT delivery_id, handler, attempt, now(), duration, $1, error FROM held WHERE error IS NOT NULL
), died AS (
    INSERT INTO postroom.dead_letter
        (delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
         failed_attempts, error, fingerprint, history, headers, body, replay, order_key, order_position, is_parking)
    SELECT delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, now(), reason,
           attempt, error, postroom.error_fingerprint(error),
           postroom.failure_history(delivery_id, handler)
           || jsonb_build_object(
               'attempt', attempt, 'at', now(), 'seconds', extract(epoch FROM duration), 'error', error),
           headers, body, replay, order_key, order_position, coalesce(order_rule = 'by-key-parking', false)
    FROM dying
    ON CONFLICT (delivery_id, handler) DO UPDATE
    SET died_at = excluded.died_at, reason = excluded.reason, failed_attempts = excluded.failed_attempts,
        error = excluded.error, fingerprint = excluded.fingerprint, history = excluded.history, replay = excluded.replay,
        order_key = excluded.order_key, order_position = excluded.order_position, is_parking = excluded.is_parking
), newest AS (
    INSERT INTO postroom.newest_handled AS known (handler, order_key, order_position, delivery_id, handled_at)
    SELECT DISTINCT ON (handler, order_key) handler, order_key, order_position, delivery_id, now()
    FROM held WHERE outcome = 'handled' AND order_rule = 'newest'
    ORDER BY handler, order_key, order_position DESC, delivery_id DESC
    ON CONFLICT (handler, order_key) DO UPDATE
    SET order_position = excluded.order_position, delivery_id = excluded.delivery_id, handled_at = excluded.handled_at
    WHERE (known.order_position, known.delivery_id) < (excluded.order_position, excluded.delivery_id)
), succeeded AS (
    INSERT INTO postroom.handled (batch_id, settled_at, worker, handlers, runs)
    SELECT held.delivery_id >> 8, now(), $1, ARRAY[held.handler], held.run
    FROM held WHERE held.outcome = 'handled'
)
SELECT delivery_id, handler FROM held;
