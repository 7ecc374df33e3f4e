-- share_adjust: Adjusts a worker's shares of limits over all processes, and reads which handlers are held back.
-- $1 worker WorkerID
-- $2..$5 needs Need[]: handler HandlerName, most_at_once int4, kept int4, useful int4
-- rows: handler HandlerName, slots int4?, target int4?, held_for interval?
SELECT handler, slots, target, NULL::interval FROM postroom.adjust_shares($1, $2, $3, $4, $5)
UNION ALL
SELECT name, NULL, NULL, busy_until - clock_timestamp() FROM postroom.handler WHERE busy_until > clock_timestamp();
