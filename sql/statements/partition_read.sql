-- partition_read: Reads the number of days from today for which every table has its partition, and whether this role makes more.
-- The number is -1 where today's partition is missing.
-- rows: days_ahead int4, is_allowed bool, role text
SELECT (
    SELECT min(t.ahead) FROM (
        SELECT coalesce(max(to_date(right(c.relname, 8), 'YYYYMMDD')) - (now() AT TIME ZONE 'UTC')::date, -1) AS ahead
        FROM (VALUES ('postroom.delivery'::regclass), ('postroom.failed_attempt'), ('postroom.handled'),
                     ('postroom.superseded')) AS p (parent)
        LEFT JOIN pg_inherits i ON i.inhparent = p.parent
        LEFT JOIN pg_class c ON c.oid = i.inhrelid AND c.relname ~ '_p[0-9]{8}$'
        GROUP BY p.parent
    ) AS t
), coalesce((
    SELECT bool_and(has_function_privilege(f.oid, 'EXECUTE')
                    AND (f.prosecdef OR pg_has_role(current_user, p.relowner, 'USAGE')))
    FROM pg_proc f JOIN pg_class p ON p.relnamespace = f.pronamespace AND p.oid = 'postroom.delivery'::regclass
    WHERE f.proname IN ('make_partitions', 'drop_expired_partition')
), false), current_user::text;
