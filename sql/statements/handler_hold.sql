-- handler_hold: Holds a handler, by whichever of its names, back for a time, unless it is held back for longer, and tells every process.
-- $1 handler HandlerName
-- $2 duration interval
WITH held AS (
    UPDATE postroom.handler SET busy_until = clock_timestamp() + $2
    WHERE name = postroom.current_name($1) AND (busy_until IS NULL OR busy_until < clock_timestamp() + $2)
    RETURNING 1
)
SELECT pg_notify('postroom', 'handlers') FROM held;
