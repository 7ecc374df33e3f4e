-- handler_alter: Pauses, resumes or removes a handler.
-- $1 change HandlerChange
-- $2 handler HandlerName
-- $3 reason text?
-- rows: changed text
SELECT postroom.change_handler($1, $2, $3)::text;
