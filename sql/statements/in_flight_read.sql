-- in_flight_read: Reads the running workers and what they hold.
-- rows: worker WorkerID, label text, silent_for interval, started_at timestamptz, handlers text[], batches Int,
--       deliveries Int, oldest_received_at timestamptz?, retries Int
SELECT worker, label, silent_for, started_at, handlers, batches, deliveries, oldest_received_at, retries
FROM postroom.in_flight;
