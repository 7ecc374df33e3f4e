-- limit_list: Reads the limits of handlers, what each worker may use of them, and which handlers are held back.
-- rows: handler HandlerName, concurrency int4?, global_concurrency int4?, rate int4?, rate_period interval?,
--       key_concurrency int4?, key_rate int4?, key_rate_period interval?, shares int4[], busy_until timestamptz?
SELECT h.name, l.concurrency, l.global_concurrency, l.rate, l.rate_period, l.key_concurrency, l.key_rate, l.key_rate_period,
       ARRAY(SELECT s.slots FROM postroom.worker_share s WHERE s.handler = h.name ORDER BY s.worker),
       CASE WHEN h.busy_until > now() THEN h.busy_until END
FROM postroom.handler h LEFT JOIN postroom.handler_limit l ON l.handler = h.name
WHERE coalesce(l.concurrency, l.global_concurrency, l.rate, l.key_concurrency, l.key_rate) IS NOT NULL
   OR h.busy_until > now();
