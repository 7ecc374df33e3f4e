-- dead_letter_list: Lists dead letters, newest first.
-- $1 ids int8[]?
-- $2 handler text?
-- $3 event_type text?
-- $4 endpoint text?
-- $5 reason text?
-- $6 since timestamptz?
-- $7 until timestamptz?
-- $8 most int4
-- rows: id int8, delivery_id int8, handler text, endpoint text, event_type text?, died_at timestamptz, reason text, failed_attempts int4, error text
SELECT id, delivery_id, handler, endpoint, event_type, died_at, reason, failed_attempts, error
FROM postroom.dead_letter
WHERE ($1 IS NULL OR id = ANY ($1))
  AND ($2 IS NULL OR handler = $2)
  AND ($3 IS NULL OR event_type = $3)
  AND ($4 IS NULL OR endpoint = $4)
  AND ($5 IS NULL OR reason = $5)
  AND ($6 IS NULL OR died_at >= $6)
  AND ($7 IS NULL OR died_at < $7)
ORDER BY died_at DESC, id DESC LIMIT $8;
