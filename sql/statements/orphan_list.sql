-- orphan_list: Lists the handlers that no worker has although jobs wait for them, with their number, counted up to a thousand.
-- Paused ones wait for a person and are not listed.
-- rows: handler HandlerName, waiting Int
WITH orphan AS MATERIALIZED (
    SELECT h.name FROM postroom.handler h
    WHERE h.removed_at IS NULL AND h.paused_at IS NULL
      AND NOT EXISTS (SELECT FROM postroom.worker w WHERE h.name = ANY (w.handlers))
)
SELECT orphan.name, jobs.waiting FROM orphan
CROSS JOIN LATERAL (
    SELECT count(*) AS waiting FROM (
        (SELECT FROM postroom.retry r
         WHERE r.handler = orphan.name AND r.worker IS NULL AND r.deaths < 2 AND r.order_key IS NULL
         LIMIT 1000)
        UNION ALL
        (SELECT FROM postroom.retry r
         WHERE r.handler = orphan.name AND r.worker IS NULL AND r.deaths < 2 AND r.order_key IS NOT NULL AND NOT r.is_behind
         LIMIT 1000)
        UNION ALL
        (SELECT FROM postroom.retry r WHERE r.handler = orphan.name AND r.is_behind LIMIT 1000)
        LIMIT 1000
    ) AS counted
) AS jobs
WHERE jobs.waiting > 0
ORDER BY orphan.name;
