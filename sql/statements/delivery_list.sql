-- delivery_list: Lists kept deliveries, newest first, with where each stands.
-- $1 ids int8[]?
-- $2 endpoint text?
-- $3 event_type text?
-- $4 since timestamptz?
-- $5 until timestamptz?
-- $6 most int4
-- rows: id int8, received_at timestamptz, endpoint text, source text, event_type text?, idempotency_key text, bytes int4, state text
SELECT d.id, d.received_at, d.endpoint, d.source, d.event_type, d.idempotency_key, length(d.body),
       CASE
           WHEN EXISTS (SELECT FROM postroom.batch b WHERE b.shard = d.shard AND b.id = d.id >> 8) THEN 'queued'
           WHEN EXISTS (SELECT FROM postroom.retry r WHERE r.shard = d.shard AND r.delivery_id = d.id) THEN 'owed'
           WHEN EXISTS (SELECT FROM postroom.dead_letter l WHERE l.shard = d.shard AND l.delivery_id = d.id) THEN 'dead'
           ELSE 'settled'
       END
FROM (
    SELECT * FROM postroom.delivery
    WHERE ($1 IS NULL OR id = ANY ($1))
      AND ($2 IS NULL OR endpoint = $2)
      AND ($3 IS NULL OR event_type = $3)
      AND ($4 IS NULL OR received_at >= $4)
      AND ($5 IS NULL OR received_at < $5)
    ORDER BY received_at DESC, id DESC LIMIT $6
) AS d
ORDER BY d.received_at DESC, d.id DESC;
