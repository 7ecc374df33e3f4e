-- worker_register: Makes a worker known, and records its handlers and what they subscribe to.
-- The directory's version rises only where something changed. The directory's row is locked first, so that two programs
-- that start together record their handlers one after the other. recorded_at is the moment after that lock. A handler
-- that is new has no after_batch yet: handler_begin sets both once this is committed.
-- $1 label text
-- $2 handlers text[]
-- $3 patterns text[]
-- rows: id int8
WITH directory AS MATERIALIZED (
    SELECT version FROM postroom.directory FOR UPDATE
), input AS (
    SELECT name, array_agg(pattern) AS patterns
    FROM unnest($2::text[], $3::text[]) AS i (name, pattern), directory GROUP BY name
), recorded AS (
    INSERT INTO postroom.handler AS known (name, patterns, recorded_at, seen_at, after_batch)
    SELECT name, patterns, clock_timestamp(), now(), NULL FROM input ORDER BY name
    ON CONFLICT (name) DO UPDATE
    SET patterns = excluded.patterns,
        recorded_at = CASE WHEN known.removed_at IS NULL THEN known.recorded_at ELSE excluded.recorded_at END,
        after_batch = CASE WHEN known.removed_at IS NULL THEN known.after_batch END,
        seen_at = now(),
        removed_at = NULL
    WHERE known.patterns IS DISTINCT FROM excluded.patterns OR known.removed_at IS NOT NULL
    RETURNING 1
), bumped AS (
    UPDATE postroom.directory SET version = version + 1 WHERE EXISTS (SELECT FROM recorded)
)
INSERT INTO postroom.worker (label, handlers)
SELECT $1, coalesce(array_agg(DISTINCT name), '{}') FROM unnest($2::text[]) AS i (name)
RETURNING id;
