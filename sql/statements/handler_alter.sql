-- handler_alter: Pauses, resumes or removes a handler.
-- $1 change text
-- $2 handler text
-- rows: changed text
SELECT postroom.change_handler($1, $2)::text;
