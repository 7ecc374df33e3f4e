-- retry_rescue: Makes claimable the retries whose worker has no row any more, and counts its death.
-- A suspect that was marked as running gets a strike, which counts as a failed attempt; with the second strike it is a
-- dead letter. Nothing else loses an attempt. A suspect whose delivery somebody deleted has nothing left to be tried.
-- $1 shard int2
-- rows: delivery_id int8, handler text, was_running bool, is_dead bool
-- uses: retry_held
WITH lost AS MATERIALIZED (
    SELECT ctid AS place, delivery_id, handler, received_at, failed_attempts + 1 AS attempt, worker, running_since,
           running_since IS NOT NULL AS was_running, running_since IS NOT NULL AND strikes >= 1 AS is_dead,
           'the process died while this attempt ran' AS error
    FROM postroom.retry
    WHERE shard = $1 AND worker IS NOT NULL
      AND NOT EXISTS (SELECT FROM postroom.worker WHERE worker.id = retry.worker)
    FOR UPDATE
), back AS (
    UPDATE postroom.retry
    SET worker = NULL, running_since = NULL, deaths = least(deaths + 1, 1000),
        strikes = strikes + (running_since IS NOT NULL)::integer,
        failed_attempts = failed_attempts + (running_since IS NOT NULL)::integer
    WHERE ctid = ANY (ARRAY(SELECT place FROM lost WHERE NOT is_dead))
), ended AS (
    DELETE FROM postroom.retry WHERE ctid = ANY (ARRAY(SELECT place FROM lost WHERE is_dead))
), recorded AS (
    INSERT INTO postroom.failed_attempt (shard, delivery_id, handler, attempt, failed_at, duration, worker, error)
    SELECT $1, delivery_id, handler, attempt, now(), now() - running_since, worker, error FROM lost WHERE was_running
), died AS (
    INSERT INTO postroom.dead_letter
        (shard, delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
         failed_attempts, error, fingerprint, history, headers, body)
    SELECT $1, lost.delivery_id, lost.handler, delivery.endpoint, delivery.source, delivery.event_type,
           delivery.idempotency_key, delivery.received_at, now(), 'crash', lost.attempt, lost.error,
           postroom.error_fingerprint(lost.error),
           postroom.failure_history($1, lost.delivery_id, lost.handler)
           || jsonb_build_object(
               'attempt', lost.attempt, 'at', now(), 'seconds', extract(epoch FROM now() - lost.running_since),
               'error', lost.error),
           delivery.headers, delivery.body
    FROM lost
    CROSS JOIN LATERAL (
        SELECT * FROM postroom.delivery
        WHERE shard = $1 AND id = lost.delivery_id AND received_at = lost.received_at
        LIMIT 1
    ) AS delivery
    WHERE lost.is_dead
    ON CONFLICT (shard, delivery_id, handler) DO UPDATE
    SET died_at = excluded.died_at, reason = excluded.reason, failed_attempts = excluded.failed_attempts,
        error = excluded.error, fingerprint = excluded.fingerprint, history = excluded.history
)
SELECT delivery_id, handler, was_running, is_dead FROM lost;
