-- handler_record: Records handlers and what they subscribe to. New ones begin with the worker that is registered next.
-- The directory's version rises only where something changed. The directory's row is locked first, so that two programs
-- that start together record their handlers one after the other. A handler that is new has no after_batch until then:
-- until worker_register sets it, in a commit of its own, it gets what came since this lock. A former name records nothing: its
-- handler has what the newest program says. A handler that had an order once keeps the mark of it: jobs with a key may be left.
-- $1..$4 subscriptions Subscription[]: handler HandlerName, pattern text, order_rule text?, kind text
WITH directory AS MATERIALIZED (
    SELECT version FROM postroom.directory FOR UPDATE
), input AS (
    SELECT name, array_agg(pattern) AS patterns, min(order_rule) AS order_rule, max(kind) AS kind
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS i (name, pattern, order_rule, kind), directory GROUP BY name
), recorded AS (
    INSERT INTO postroom.handler AS known (name, patterns, order_rule, kind, recorded_at, seen_at, after_batch)
    SELECT name, patterns, order_rule, kind, clock_timestamp(), now(), NULL FROM input ORDER BY name
    ON CONFLICT (name) DO UPDATE
    SET patterns = excluded.patterns,
        order_rule = coalesce(excluded.order_rule, CASE WHEN known.order_rule IS NOT NULL THEN 'ended' END),
        kind = excluded.kind,
        recorded_at = CASE WHEN known.removed_at IS NULL THEN known.recorded_at ELSE excluded.recorded_at END,
        after_batch = CASE WHEN known.removed_at IS NULL THEN known.after_batch END,
        seen_at = now(),
        removed_at = NULL
    WHERE known.renamed_to IS NULL
      AND (known.patterns IS DISTINCT FROM excluded.patterns OR known.kind <> excluded.kind
           OR coalesce(excluded.order_rule, 'ended') <> coalesce(known.order_rule, 'ended') OR known.removed_at IS NOT NULL)
    RETURNING 1
)
UPDATE postroom.directory SET version = version + 1 WHERE EXISTS (SELECT FROM recorded);
