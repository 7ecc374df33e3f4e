-- status_read: Reads the state of the inbox in one row.
-- rows: waiting_batches Int, waiting_deliveries Int, oldest_waiting interval?, deliveries_in_flight Int,
--       retries_waiting Int, retries_due Int, retries_in_flight Int, suspects_waiting Int, dead_letters Int,
--       workers Int, handlers Int, handlers_paused Int, replays_running Int, oldest_owed interval?,
--       oldest_owed_handler HandlerName?, counted_at timestamptz?
SELECT waiting_batches, waiting_deliveries, oldest_waiting, deliveries_in_flight, retries_waiting, retries_due,
       retries_in_flight, suspects_waiting, dead_letters, workers, handlers, handlers_paused, replays_running, oldest_owed,
       oldest_owed_handler, counted_at
FROM postroom.status;
