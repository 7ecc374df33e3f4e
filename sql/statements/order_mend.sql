-- order_mend: Looks at some of the keys in which jobs wait behind, and mends those that have no front.
-- $1 handler text
-- $2 key text
-- $3 most int4
-- rows: handler text?, key text?, mended Int
SELECT handler, key, mended FROM postroom.mend_order($1, $2, $3);
