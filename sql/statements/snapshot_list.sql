-- snapshot_list: Reads who has kept vacuum from removing dead rows for a while, the oldest first.
-- $1 held_for interval
-- rows: holder text, application text?, role text?, state text?, held_for interval?, xmin_age Int, query text?
SELECT holder, application, role, state, held_for, xmin_age::bigint, query FROM postroom.old_snapshot
WHERE coalesce(held_for >= $1, xmin_age >= 100000) LIMIT 5;
