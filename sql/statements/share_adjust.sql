-- share_adjust: Adjusts a worker's shares of limits over all processes, and reads which handlers are held back, by each of
-- their names.
-- $1 worker WorkerID
-- $2..$5 needs Need[]: handler HandlerName, most_at_once int4, kept int4, useful int4
-- rows: handler HandlerName, slots int4?, target int4?, held_for interval?
SELECT handler, slots, target, NULL::interval FROM postroom.adjust_shares($1, $2, $3, $4, $5)
UNION ALL
SELECT named.name, NULL, NULL, handler.busy_until - clock_timestamp() FROM postroom.handler
JOIN postroom.handler AS named ON coalesce(named.renamed_to, named.name) = handler.name
WHERE handler.busy_until > clock_timestamp() AND handler.removed_at IS NULL;
