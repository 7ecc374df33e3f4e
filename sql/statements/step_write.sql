-- step_write: Records a step of a job that the worker still holds, in the attempt that the job owes.
-- The worker's row is locked against a rescue until the commit. A step that is there already stays, and is returned.
-- $1 worker WorkerID
-- $2 delivery DeliveryID
-- $3 handler HandlerName
-- $4 attempt int4
-- $5 name text
-- $6 value bytea?
-- $7 due_in interval?
-- $8 due_at timestamptz?
-- rows: value bytea?, due_in interval?
-- uses: worker_pkey, retry_pkey, batch_pkey
WITH holder AS MATERIALIZED (
    SELECT id FROM postroom.worker WHERE id = $1 FOR KEY SHARE
), held AS MATERIALIZED (
    SELECT FROM holder
    WHERE EXISTS (
            SELECT FROM postroom.retry
            WHERE delivery_id = $2 AND handler = $3 AND worker IS NOT DISTINCT FROM $1 AND failed_attempts = $4 - 1)
       OR $4 = 1 AND EXISTS (SELECT FROM postroom.batch WHERE id = $2::bigint >> 8 AND worker = $1)
), written AS (
    INSERT INTO postroom.step (delivery_id, handler, name, value, due_at)
    SELECT $2, $3, $5, $6, CASE WHEN $6::bytea IS NULL THEN coalesce($8, now() + $7) END FROM held
    ON CONFLICT (delivery_id, handler, name) DO UPDATE SET recorded_at = step.recorded_at
    RETURNING value, due_at
)
SELECT value, due_at - now() FROM written;
