-- worker_register: Makes a worker known, and lets its handlers begin that were recorded and have not begun.
-- They receive the deliveries that are committed from now on. It comes after handler_record, in a commit of its own: a
-- settlement of a delivery that comes after this moment then knows of them, which a settlement beside the commit that
-- recorded them may not. A session that sees the worker's row sees them begun. A former name counts as the one that its
-- handler has now.
-- $1 label text
-- $2 handlers HandlerName[]
-- rows: id WorkerID
-- uses: handler_pkey
-- access: package
WITH begun AS (
    UPDATE postroom.handler SET recorded_at = clock_timestamp(), after_batch = postroom.settled_batch()
    WHERE name = ANY ($2) AND after_batch IS NULL
)
INSERT INTO postroom.worker (label, handlers)
SELECT $1, coalesce(array_agg(DISTINCT coalesce(h.renamed_to, i.name)), '{}')
FROM unnest($2::text[]) AS i (name) LEFT JOIN postroom.handler h ON h.name = i.name
RETURNING id;
