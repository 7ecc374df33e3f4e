-- backlog_read: Reads what each handler owes, as it was last counted.
-- rows: handler HandlerName, kind text, patterns text[], recorded_at timestamptz?, is_removed bool, is_paused bool,
--       retries_waiting Int, retries_due Int, retries_in_flight Int, next_due_at timestamptz?, dead_letters Int,
--       last_died_at timestamptz?, oldest_received_at timestamptz?, is_slowed bool, is_orphaned bool
SELECT b.handler, h.kind, h.patterns, h.recorded_at, h.removed_at IS NOT NULL, b.paused, b.retries_waiting, b.retries_due,
       b.retries_in_flight, b.next_due_at, b.dead_letters, b.last_died_at, b.oldest_received_at, b.slowed,
       h.removed_at IS NULL AND NOT EXISTS (SELECT FROM postroom.worker w WHERE h.name = ANY (w.handlers))
FROM postroom.backlog b JOIN postroom.handler h ON h.name = b.handler;
