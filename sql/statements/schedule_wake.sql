-- schedule_wake: Tells every process that something was enqueued for a time before the next one that they know.
-- It runs after the commit that enqueued it.
-- rows: sent text
SELECT pg_notify('postroom', 'scheduled')::text;
