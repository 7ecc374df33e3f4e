-- dead_letter_totals: Reads the dead letters by handler and reason, as they were last counted.
-- rows: handler HandlerName, reason text, letters Int
SELECT handler, reason, sum(letters)::bigint FROM postroom.letter_figure GROUP BY handler, reason ORDER BY handler, reason;
