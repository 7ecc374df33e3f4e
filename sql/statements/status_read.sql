-- status_read: Reads the state of the inbox in one row.
-- rows: waiting_batches int8, waiting_deliveries int8, oldest_waiting interval?, deliveries_in_flight int8, retries_waiting int8, retries_due int8, retries_in_flight int8, suspects_waiting int8, dead_letters int8, workers int8, handlers int8, handlers_paused int8, replays_running int8
SELECT waiting_batches, waiting_deliveries, oldest_waiting, deliveries_in_flight, retries_waiting, retries_due,
       retries_in_flight, suspects_waiting, dead_letters, workers, handlers, handlers_paused, replays_running
FROM postroom.status;
