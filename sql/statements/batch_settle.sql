-- batch_settle: Ends batches that the worker still holds, and writes what their pairs owe, died of and succeeded at.
-- Nothing is written for a batch that is held no longer, nor for any where the handler directory has changed since.
-- Pairs name their delivery; its batch is delivery_id >> 8. What is owed and was not tried inherits the deaths of its batch.
-- $1 shard int2
-- $2 worker int8
-- $3 directory_version int8
-- $4 batch_ids int8[]
-- $5 owed_deliveries int8[]
-- $6 owed_handlers text[]
-- $7 owed_due_in interval[]
-- $8 owed_failed_attempts int4[]
-- $9 owed_is_held bool[]
-- $10 dead_deliveries int8[]
-- $11 dead_handlers text[]
-- $12 dead_reasons text[]
-- $13 failed_deliveries int8[]
-- $14 failed_handlers text[]
-- $15 failed_attempts int4[]
-- $16 failed_durations interval[]
-- $17 failed_errors text[]
-- $18 handled_batches int8[]
-- $19 handled_runs bytea[]
-- $20 handlers text[]
-- rows: directory_version int8, settled int8[]
-- uses: batch_pkey, delivery_pkey
WITH settled AS (
    DELETE FROM postroom.batch
    WHERE shard = $1 AND id = ANY ($4) AND worker = $2
      AND (SELECT version FROM postroom.directory) = $3
    RETURNING id, received_at, deaths
), failed AS (
    SELECT f.*, settled.received_at
    FROM unnest($13::bigint[], $14::text[], $15::integer[], $16::interval[], $17::text[])
        AS f (delivery_id, handler, attempt, duration, error)
    JOIN settled ON settled.id = f.delivery_id >> 8
), recorded AS (
    INSERT INTO postroom.failed_attempt (shard, delivery_id, handler, attempt, failed_at, duration, worker, error)
    SELECT $1, delivery_id, handler, attempt, now(), duration, $2, error FROM failed
), owed AS (
    INSERT INTO postroom.retry (shard, delivery_id, handler, received_at, failed_attempts, due_at, worker, deaths)
    SELECT $1, o.delivery_id, o.handler, settled.received_at, o.failed_attempts, now() + o.due_in,
           CASE WHEN o.is_held THEN $2 END, CASE WHEN o.failed_attempts = 0 THEN settled.deaths ELSE 0 END
    FROM unnest($5::bigint[], $6::text[], $7::interval[], $8::integer[], $9::boolean[])
        AS o (delivery_id, handler, due_in, failed_attempts, is_held)
    JOIN settled ON settled.id = o.delivery_id >> 8
    ON CONFLICT DO NOTHING
), died AS (
    INSERT INTO postroom.dead_letter
        (shard, delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
         failed_attempts, error, fingerprint, history, headers, body)
    SELECT $1, d.delivery_id, d.handler, delivery.endpoint, delivery.source, delivery.event_type,
           delivery.idempotency_key, delivery.received_at, now(), d.reason, failed.attempt, failed.error,
           postroom.error_fingerprint(failed.error),
           jsonb_build_array(jsonb_build_object(
               'attempt', failed.attempt, 'at', now(), 'seconds', extract(epoch FROM failed.duration),
               'error', failed.error)),
           delivery.headers, delivery.body
    FROM unnest($10::bigint[], $11::text[], $12::text[]) AS d (delivery_id, handler, reason)
    JOIN failed USING (delivery_id, handler)
    CROSS JOIN LATERAL (
        SELECT * FROM postroom.delivery
        WHERE shard = $1 AND id = d.delivery_id AND received_at = failed.received_at
        LIMIT 1
    ) AS delivery
    ON CONFLICT (shard, delivery_id, handler) DO UPDATE
    SET died_at = excluded.died_at, reason = excluded.reason, failed_attempts = excluded.failed_attempts,
        error = excluded.error, fingerprint = excluded.fingerprint, history = dead_letter.history || excluded.history
), succeeded AS (
    INSERT INTO postroom.handled (shard, batch_id, settled_at, worker, handlers, runs)
    SELECT $1, h.batch_id, now(), $2, $20::text[], h.runs
    FROM unnest($18::bigint[], $19::bytea[]) AS h (batch_id, runs)
    JOIN settled ON settled.id = h.batch_id
)
SELECT (SELECT version FROM postroom.directory), coalesce((SELECT array_agg(id) FROM settled), '{}');
