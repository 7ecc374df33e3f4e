-- dead_letter_totals: Counts dead letters by handler and reason.
-- rows: handler HandlerName, reason text, letters Int
SELECT handler, reason, count(*) FROM postroom.dead_letter GROUP BY handler, reason ORDER BY handler, reason;
