-- in_flight_read: Reads the running workers and what they hold.
-- rows: worker int8, label text, silent_for interval, started_at timestamptz, handlers text[], batches int8, deliveries int8, oldest_received_at timestamptz?, retries int8
SELECT worker, label, silent_for, started_at, handlers, batches, deliveries, oldest_received_at, retries
FROM postroom.in_flight;
