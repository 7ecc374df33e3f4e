-- function_read: Reads the functions of one name, with the names of their parameters and our right to call them.
-- $1 schema text
-- $2 name text
-- rows: parameters text[], is_allowed bool
SELECT coalesce(p.proargnames, '{}'), has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = $1 AND p.proname = $2;
