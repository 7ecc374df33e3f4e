-- key_admit: Decides which of a worker's jobs may begin by the limits of their keys, and puts the others back.
-- $1 worker WorkerID
-- $2..$8 jobs Job[]: delivery DeliveryID, handler HandlerName, key_hash uuid, width int4?, every interval?, burst int4?,
--     life interval?
-- rows: delivery_id DeliveryID, handler HandlerName, begin_within interval?, due_in interval?
SELECT delivery_id, handler, begin_within, due_in FROM postroom.admit_jobs($1, $2, $3, $4, $5, $6, $7, $8);
