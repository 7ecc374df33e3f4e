-- scheduled_cancel: Takes back what was enqueued for later under a key, and notes it in the audit.
-- Without an endpoint, nothing is taken back where several have the key. With check_only nothing is.
-- $1 key text
-- $2 endpoint EndpointName?
-- $3 check_only bool
-- rows: endpoint EndpointName, due_at timestamptz, is_cancelled bool
-- uses: scheduled_key
WITH found AS MATERIALIZED (
    SELECT key_hash, endpoint, due_at FROM postroom.scheduled
    WHERE idempotency_key = $1 AND (endpoint = $2 OR $2 IS NULL)
), cancelled AS (
    DELETE FROM postroom.scheduled
    WHERE NOT $3 AND key_hash = ANY (ARRAY(SELECT key_hash FROM found)) AND (SELECT count(*) FROM found) = 1
    RETURNING key_hash, endpoint
), noted AS (
    INSERT INTO postroom.audit (action, detail)
    SELECT 'cancel_scheduled', jsonb_build_object('endpoint', endpoint, 'key', $1) FROM cancelled
)
SELECT endpoint, due_at, EXISTS (SELECT FROM cancelled c WHERE c.key_hash = found.key_hash) FROM found
ORDER BY endpoint;
