-- slowed_report: Tells which handlers this process runs one attempt at a time, because they fail all the time.
-- $1 process text
-- $2 handlers HandlerName[]
WITH gone AS (
    DELETE FROM postroom.slowed_handler WHERE process = $1 AND handler <> ALL ($2)
)
INSERT INTO postroom.slowed_handler AS s (process, handler)
SELECT $1, name FROM unnest($2::text[]) AS i (name)
ON CONFLICT (process, handler) DO UPDATE
SET seen_at = now(), since = CASE WHEN s.seen_at < now() - interval '30 seconds' THEN now() ELSE s.since END;
