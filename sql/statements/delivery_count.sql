-- delivery_count: Counts the kept deliveries that a filter matches.
-- $1 ids int8[]?
-- $2 endpoint text?
-- $3 event_type text?
-- $4 since timestamptz?
-- $5 until timestamptz?
-- rows: deliveries int8
SELECT count(*) FROM postroom.delivery
WHERE ($1 IS NULL OR id = ANY ($1))
  AND ($2 IS NULL OR endpoint = $2)
  AND ($3 IS NULL OR event_type = $3)
  AND ($4 IS NULL OR received_at >= $4)
  AND ($5 IS NULL OR received_at < $5);
