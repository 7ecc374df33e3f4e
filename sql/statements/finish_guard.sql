-- finish_guard: Waits until no transaction is about to finish those jobs that the worker holds, and lets none begin to.
-- It comes before the settlement of transactional jobs, in the same commit: the settlement then sees what was finished.
-- $1 worker WorkerID
-- $2..$3 jobs Job[]: delivery DeliveryID, handler HandlerName
-- rows: held Int
-- uses: retry_pkey
WITH held AS MATERIALIZED (
    SELECT r.delivery_id FROM unnest($2::bigint[], $3::text[]) AS job (delivery_id, handler)
    CROSS JOIN LATERAL (
        SELECT delivery_id FROM postroom.retry
        WHERE delivery_id = job.delivery_id AND handler = job.handler AND worker IS NOT DISTINCT FROM $1
        LIMIT 1 FOR UPDATE
    ) AS r
)
SELECT count(*) FROM held;
