-- key_free: Frees the slots of attempts that have returned, and lets a job of each key go on.
-- $1 worker WorkerID
-- $2..$4 slots Slot[]: delivery DeliveryID, handler HandlerName, key_hash uuid
-- rows: freed Int
SELECT postroom.free_keys($1, $2, $3, $4);
