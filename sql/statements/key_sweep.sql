-- key_sweep: Mends what deaths, lost replies and changed programs leave of limits by key.
-- $1 worker WorkerID?
-- $2..$3 known Known[]: delivery DeliveryID, handler HandlerName
-- rows: freed Int
SELECT postroom.sweep_keys($1, $2, $3);
