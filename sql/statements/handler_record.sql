-- handler_record: Records handlers and what they subscribe to. New ones begin with the worker that is registered next.
-- The directory's version rises only where something changed. The directory's row is locked first, so that two programs
-- that start together record their handlers one after the other. A handler that is new has no after_batch until then:
-- until worker_register sets it, in a commit of its own, it gets what came since this lock. A former name records nothing: its
-- handler has what the newest program says.
-- $1..$2 subscriptions Subscription[]: handler HandlerName, pattern text
WITH directory AS MATERIALIZED (
    SELECT version FROM postroom.directory FOR UPDATE
), input AS (
    SELECT name, array_agg(pattern) AS patterns
    FROM unnest($1::text[], $2::text[]) AS i (name, pattern), directory GROUP BY name
), recorded AS (
    INSERT INTO postroom.handler AS known (name, patterns, recorded_at, seen_at, after_batch)
    SELECT name, patterns, clock_timestamp(), now(), NULL FROM input ORDER BY name
    ON CONFLICT (name) DO UPDATE
    SET patterns = excluded.patterns,
        recorded_at = CASE WHEN known.removed_at IS NULL THEN known.recorded_at ELSE excluded.recorded_at END,
        after_batch = CASE WHEN known.removed_at IS NULL THEN known.after_batch END,
        seen_at = now(),
        removed_at = NULL
    WHERE known.renamed_to IS NULL
      AND (known.patterns IS DISTINCT FROM excluded.patterns OR known.removed_at IS NOT NULL)
    RETURNING 1
)
UPDATE postroom.directory SET version = version + 1 WHERE EXISTS (SELECT FROM recorded);
