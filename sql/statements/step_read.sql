-- step_read: Reads the steps of a job, each sleep with the time that it has left.
-- $1 delivery DeliveryID
-- $2 handler HandlerName
-- rows: name text, value bytea?, due_in interval?
-- uses: step_pkey
SELECT name, value, due_at - now() FROM postroom.step WHERE delivery_id = $1 AND handler = $2;
