-- dead_letter_totals: Counts dead letters by handler and reason.
-- rows: handler text, reason text, letters int8
SELECT handler, reason, count(*) FROM postroom.dead_letter GROUP BY handler, reason ORDER BY handler, reason;
