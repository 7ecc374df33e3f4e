-- scheduled_list: Lists what was enqueued for later and is no delivery yet, the next one first.
-- $1 key text?
-- $2 endpoint EndpointName?
-- $3 source Source?
-- $4 event_type text?
-- $5 most int4
-- rows: due_at timestamptz, scheduled_at timestamptz, endpoint EndpointName, source Source, event_type text?,
--       idempotency_key text, bytes int4
-- uses: scheduled_due, scheduled_key
(
    SELECT due_at, scheduled_at, endpoint, source, event_type, idempotency_key, length(body)
    FROM postroom.scheduled
    WHERE $1::text IS NULL AND ($2::text IS NULL OR endpoint = $2) AND ($3::text IS NULL OR source = $3)
      AND ($4::text IS NULL OR event_type = $4)
    ORDER BY due_at LIMIT $5
) UNION ALL (
    SELECT due_at, scheduled_at, endpoint, source, event_type, idempotency_key, length(body)
    FROM postroom.scheduled
    WHERE idempotency_key = $1 AND ($2::text IS NULL OR endpoint = $2) AND ($3::text IS NULL OR source = $3)
      AND ($4::text IS NULL OR event_type = $4)
    ORDER BY due_at LIMIT $5
);
