-- parked_list: Lists the keys that dead letters park, of one handler or of all.
-- $1 handler HandlerName?
-- $2 most int4
-- rows: handler HandlerName, key text, dead_letter int8, delivery_id DeliveryID, died_at timestamptz, reason text, waiting Int,
--       error text
SELECT handler, key, dead_letter, delivery_id, died_at, reason, waiting, error FROM postroom.parked_key
WHERE $1 IS NULL OR handler = $1
ORDER BY handler, key LIMIT $2;
