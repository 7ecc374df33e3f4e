-- handler_rename: Gives a handler another name, and moves the first of its jobs and dead letters.
-- $1 old_name HandlerName
-- $2 new_name HandlerName
-- rows: moved Int
SELECT postroom.rename_handler($1, $2);
