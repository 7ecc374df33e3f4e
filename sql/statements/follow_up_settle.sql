-- follow_up_settle: Stores what successful attempts enqueued, in the commit that settles their jobs, and forgets their steps.
-- It comes before the settlement, and counts only for jobs that the worker still holds: batches by the version of the
-- directory that the settlement names, which can't change before the commit. Rows stay locked until then, so that the
-- settlement finds what this statement found.
-- $1 worker WorkerID
-- $2 directory_version int8
-- $3 batch_ids BatchID[]
-- $4..$5 retries Retry[]: delivery DeliveryID, handler HandlerName
-- $6..$17 follow_ups FollowUp[]: delivery DeliveryID, handler HandlerName, is_retry bool, key_hash KeyHash,
--     endpoint EndpointName, source Source, event_type text, key text, headers Headers, body bytea, due_in interval?,
--     due_at timestamptz?
-- $18..$20 stepped Stepped[]: delivery DeliveryID, handler HandlerName, is_retry bool
-- rows: stored Int?, scheduled Int?, next_due_in interval?
-- uses: batch_pkey, retry_pkey
WITH directory AS MATERIALIZED (
    SELECT version FROM postroom.directory WHERE $3::bigint[] <> '{}' FOR SHARE
), batches AS MATERIALIZED (
    SELECT id FROM postroom.batch
    WHERE id = ANY ($3) AND worker = $1 AND EXISTS (SELECT FROM directory WHERE version = $2)
    FOR UPDATE
), retries AS MATERIALIZED (
    SELECT i.delivery_id, i.handler FROM unnest($4::bigint[], $5::text[]) AS i (delivery_id, handler)
    CROSS JOIN LATERAL (
        SELECT FROM postroom.retry
        WHERE delivery_id = i.delivery_id AND handler = i.handler AND worker IS NOT DISTINCT FROM $1
        LIMIT 1 FOR UPDATE
    ) AS r
), forgotten AS (
    DELETE FROM postroom.step USING unnest($18::bigint[], $19::text[], $20::boolean[]) AS s (delivery_id, handler, is_retry)
    WHERE step.delivery_id = s.delivery_id AND step.handler = s.handler
      AND CASE WHEN s.is_retry
          THEN EXISTS (SELECT FROM retries r WHERE r.delivery_id = s.delivery_id AND r.handler = s.handler)
          ELSE EXISTS (SELECT FROM batches b WHERE b.id = s.delivery_id >> 8) END
), wanted AS MATERIALIZED (
    SELECT f.* FROM unnest($6::bigint[], $7::text[], $8::boolean[], $9::uuid[], $10::text[], $11::text[], $12::text[],
                           $13::text[], $14::bytea[], $15::bytea[], $16::interval[], $17::timestamptz[])
        AS f (delivery_id, handler, is_retry, key_hash, endpoint, source, event_type, key, headers, body, due_in, due_at)
    WHERE CASE WHEN f.is_retry
          THEN EXISTS (SELECT FROM retries r WHERE r.delivery_id = f.delivery_id AND r.handler = f.handler)
          ELSE EXISTS (SELECT FROM batches b WHERE b.id = f.delivery_id >> 8) END
), gathered AS MATERIALIZED (
    SELECT array_agg(key_hash) AS hashes, array_agg(endpoint) AS endpoints, array_agg(source) AS sources,
           array_agg(event_type) AS types, array_agg(key) AS keys, array_agg(headers) AS headers,
           array_agg(body) AS bodies, array_agg(coalesce(due_at, now() + due_in, now())) AS times
    FROM wanted HAVING count(*) > 0
)
SELECT s.stored, s.scheduled, s.next_due_in
FROM gathered g
CROSS JOIN LATERAL postroom.store_events(
    g.hashes, g.endpoints, g.sources, g.types, g.keys, g.headers, g.bodies, g.times) AS s;
