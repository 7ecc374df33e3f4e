-- delivery_store: Commits verified requests together, and queues them as one batch.
-- A request whose key is known, or came earlier in the same call, is not stored again. Keys are inserted in their order,
-- so that two commits that share some cannot deadlock. The batch is claimed for the worker if that still has its row.
-- A row without a delivery id is a duplicate of one that a concurrent commit made after this statement's snapshot: ask
-- key_find. The commit announces itself as postroom.announce_batch does, before it draws its number: a handler that is
-- recorded meanwhile gets its deliveries too.
-- $1 worker WorkerID?
-- $2..$8 requests Request[]: key_hash KeyHash, endpoint EndpointName, source Source, event_type text?, key text,
--     headers Headers, body bytea
-- $9 byte_count Int
-- rows: ordinal int4, batch_id BatchID, received_at timestamptz, delivery_id DeliveryID?
-- uses: idempotency_key_pkey
-- access: package
WITH announced AS MATERIALIZED (
    SELECT pg_advisory_xact_lock_shared(
        1886352244, (coalesce(pg_sequence_last_value('postroom.batch_id'::regclass), 0) & 2147483647)::integer)
), new_batch AS MATERIALIZED (
    SELECT nextval('postroom.batch_id') AS id FROM announced
), input AS MATERIALIZED (
    SELECT new_batch.id AS batch_id, new_batch.id * 256 + request.place - 1 AS id, request.*
    FROM new_batch
    CROSS JOIN unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bytea[])
        WITH ORDINALITY AS request (key_hash, endpoint, source, event_type, key, headers, body, place)
), fresh AS (
    INSERT INTO postroom.idempotency_key (key_hash, delivery_id, received_at)
    SELECT input.key_hash, input.id, now() FROM input ORDER BY input.key_hash, input.id
    ON CONFLICT (key_hash) DO NOTHING
    RETURNING key_hash, delivery_id
), stored AS (
    INSERT INTO postroom.delivery
        (id, received_at, endpoint, source, event_type, idempotency_key, headers, body)
    SELECT input.id, now(), input.endpoint, input.source, input.event_type, input.key, input.headers, input.body
    FROM input JOIN fresh ON fresh.delivery_id = input.id
), queued AS (
    INSERT INTO postroom.batch (id, received_at, delivery_count, byte_count, worker)
    SELECT new_batch.id, now(), count(*), $9, (SELECT id FROM postroom.worker WHERE id = $1)
    FROM new_batch CROSS JOIN fresh GROUP BY new_batch.id
)
SELECT (input.place - 1)::integer, input.batch_id, now(),
       coalesce(fresh.delivery_id, (
           SELECT delivery_id FROM postroom.idempotency_key WHERE key_hash = input.key_hash))
FROM input LEFT JOIN fresh ON fresh.key_hash = input.key_hash
ORDER BY input.place;
