-- retry_rescue: Makes claimable the retries whose worker has no row any more, and counts its death.
-- A suspect that was marked as running gets a strike, which counts as a failed attempt; with the second strike it is a
-- dead letter, unless its delivery is not found, which proves nothing: then it is owed as before. One that was finished has
-- had its effect, and gets none: whoever claims it settles it. Nothing else loses an attempt.
-- Arrange the keys of those that died afterwards.
-- rows: delivery_id DeliveryID, handler HandlerName, was_running bool, is_dead bool, order_key text?
-- uses: retry_held
WITH held AS MATERIALIZED (
    SELECT retry.ctid AS place, delivery_id, handler, received_at, failed_attempts + 1 AS attempt, worker, running_since,
           order_key, order_position,
           is_struck AS was_running, is_struck AND strikes >= 1 AS is_dead, replay,
           'the process died while this attempt ran' AS error
    FROM postroom.retry
    CROSS JOIN LATERAL (
        SELECT running_since IS NOT NULL AND NOT EXISTS (
            SELECT FROM postroom.finished f WHERE f.delivery_id = retry.delivery_id AND f.handler = retry.handler)
    ) AS judged (is_struck)
    WHERE worker IS NOT NULL
      AND NOT EXISTS (SELECT FROM postroom.worker WHERE worker.id = retry.worker)
    FOR UPDATE OF retry
), dying AS MATERIALIZED (
    SELECT held.*, delivery.* FROM held
    CROSS JOIN LATERAL (
        SELECT endpoint, source, event_type, idempotency_key, headers, body FROM postroom.delivery
        WHERE id = held.delivery_id AND received_at = held.received_at
        LIMIT 1
    ) AS delivery
    WHERE held.is_dead
), lost AS MATERIALIZED (
    SELECT place, delivery_id, handler, order_key, attempt, worker, running_since, was_running, error,
           is_dead AND place = ANY (ARRAY(SELECT place FROM dying)) AS is_dead
    FROM held
), back AS (
    UPDATE postroom.retry
    SET worker = NULL, running_since = NULL, deaths = least(deaths + 1, 1000),
        strikes = strikes + lost.was_running::integer, failed_attempts = failed_attempts + lost.was_running::integer
    FROM lost
    WHERE retry.ctid = lost.place AND NOT lost.is_dead
), ended AS (
    DELETE FROM postroom.retry WHERE ctid = ANY (ARRAY(SELECT place FROM lost WHERE is_dead))
), recorded AS (
    INSERT INTO postroom.failed_attempt (delivery_id, handler, attempt, failed_at, duration, worker, error)
    SELECT delivery_id, handler, attempt, now(), now() - running_since, worker, error FROM lost WHERE was_running
), died AS (
    INSERT INTO postroom.dead_letter
        (delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
         failed_attempts, error, fingerprint, history, headers, body, replay, order_key, order_position, is_parking)
    SELECT delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, now(), 'crash',
           attempt, error, postroom.error_fingerprint(error),
           postroom.failure_history(delivery_id, handler)
           || jsonb_build_object(
               'attempt', attempt, 'at', now(), 'seconds', extract(epoch FROM now() - running_since), 'error', error),
           headers, body, replay, order_key, order_position, order_key IS NOT NULL AND EXISTS (
               SELECT FROM postroom.handler h WHERE h.name = dying.handler AND h.order_rule = 'by-key-parking')
    FROM dying
    ON CONFLICT (delivery_id, handler) DO UPDATE
    SET died_at = excluded.died_at, reason = excluded.reason, failed_attempts = excluded.failed_attempts,
        error = excluded.error, fingerprint = excluded.fingerprint, history = excluded.history, replay = excluded.replay,
        order_key = excluded.order_key, order_position = excluded.order_position, is_parking = excluded.is_parking
)
SELECT delivery_id, handler, was_running, is_dead, order_key FROM lost;
