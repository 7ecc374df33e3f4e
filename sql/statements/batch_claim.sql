-- batch_claim: Claims ready batches, oldest first, and reads their deliveries.
-- It takes batches while their deliveries and bytes fit into the free capacity; the last one may exceed it. A worker whose
-- row is gone claims nothing. A batch of which no delivery was found comes as one row without one; delivery_count is the
-- number that there should be. An unfound row proves nothing: ask delivery_find.
-- $1 worker WorkerID
-- $2 cursor BatchID
-- $3 batches int4
-- $4 deliveries int4
-- $5 bytes Int
-- rows: batch_id BatchID, received_at timestamptz, deaths int2, delivery_count int2, delivery_id DeliveryID?,
--       endpoint EndpointName?, source Source?, event_type text?, idempotency_key text?, headers Headers?, body bytea?
-- uses: batch_pkey, delivery_pkey
-- access: package
WITH ready AS MATERIALIZED (
    SELECT id, delivery_count, byte_count FROM postroom.batch
    WHERE worker IS NULL AND id >= $2
      AND EXISTS (SELECT FROM postroom.worker WHERE id = $1)
    ORDER BY id LIMIT $3
    FOR UPDATE OF batch SKIP LOCKED
), counted AS (
    SELECT id, sum(delivery_count) OVER earlier - delivery_count AS deliveries_before,
           sum(byte_count) OVER earlier - byte_count AS bytes_before
    FROM ready WINDOW earlier AS (ORDER BY id)
), claimed AS (
    UPDATE postroom.batch SET worker = $1
    WHERE id = ANY (ARRAY(SELECT id FROM counted WHERE deliveries_before < $4 AND bytes_before < $5))
    RETURNING id, received_at, deaths, delivery_count
)
SELECT claimed.id, claimed.received_at, claimed.deaths, claimed.delivery_count, delivery.id, delivery.endpoint, delivery.source, delivery.event_type,
       delivery.idempotency_key, delivery.headers, delivery.body
FROM claimed
LEFT JOIN LATERAL (
    SELECT * FROM postroom.delivery
    WHERE id >= claimed.id * 256 AND id < claimed.id * 256 + 256 AND received_at = claimed.received_at
    ORDER BY id LIMIT 256
) AS delivery ON true;
