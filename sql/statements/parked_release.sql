-- parked_release: Lets the parked keys of a handler go on, or one of them, although their dead letters stay.
-- $1 handler HandlerName
-- $2 key text?
-- rows: released Int
SELECT postroom.release_keys($1, $2);
