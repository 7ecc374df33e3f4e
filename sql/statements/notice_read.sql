-- notice_read: Reads a group of dead letters as it is: its newest letter, and the count and times of up to 100,000.
-- $1 handler HandlerName
-- $2 fingerprint text
-- rows: letters Int, first_died_at timestamptz, last_died_at timestamptz, id int8, delivery_id DeliveryID,
--       received_at timestamptz, endpoint EndpointName, source Source, event_type text?, idempotency_key text,
--       headers Headers, body bytea, reason DeathReason, error text, failed_attempts int4
-- uses: dead_letter_group
WITH counted AS MATERIALIZED (
    SELECT count(*) AS letters, min(died_at) AS first_died_at, max(died_at) AS last_died_at FROM (
        SELECT died_at FROM postroom.dead_letter WHERE handler = $1 AND fingerprint = $2 ORDER BY id DESC LIMIT 100000
    ) AS group_letter
)
SELECT counted.letters, counted.first_died_at, counted.last_died_at, newest.*
FROM counted CROSS JOIN LATERAL (
    SELECT id, delivery_id, received_at, endpoint, source, event_type, idempotency_key, headers, body, reason, error,
           failed_attempts
    FROM postroom.dead_letter WHERE handler = $1 AND fingerprint = $2 ORDER BY id DESC LIMIT 1
) AS newest;
