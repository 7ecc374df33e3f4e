-- handler_adopt: Renames the handlers that a program knows by a new name, unless that name is taken.
-- $1..$2 renamings Renaming[]: handler HandlerName, former_name HandlerName
-- rows: adopted HandlerName[]
SELECT postroom.adopt_handlers($1, $2);
