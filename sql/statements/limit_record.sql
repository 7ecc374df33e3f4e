-- limit_record: Records the limits of a program's handlers for people to see; those without limits lose older ones.
-- $1..$8 limits Limit[]: handler HandlerName, concurrency int4?, global_concurrency int4?, rate int4?,
--     rate_period interval?, key_concurrency int4?, key_rate int4?, key_rate_period interval?
WITH input AS (
    SELECT * FROM unnest($1::text[], $2::integer[], $3::integer[], $4::integer[], $5::interval[], $6::integer[],
                         $7::integer[], $8::interval[])
        AS i (handler, concurrency, global_concurrency, rate, rate_period, key_concurrency, key_rate, key_rate_period)
)
INSERT INTO postroom.handler_limit AS known
    (handler, concurrency, global_concurrency, rate, rate_period, key_concurrency, key_rate, key_rate_period)
SELECT handler, concurrency, global_concurrency, rate, rate_period, key_concurrency, key_rate, key_rate_period FROM input
WHERE coalesce(concurrency, global_concurrency, rate, key_concurrency, key_rate) IS NOT NULL
   OR EXISTS (SELECT FROM postroom.handler_limit l WHERE l.handler = input.handler)
ORDER BY handler
ON CONFLICT (handler) DO UPDATE
SET concurrency = excluded.concurrency, global_concurrency = excluded.global_concurrency, rate = excluded.rate,
    rate_period = excluded.rate_period, key_concurrency = excluded.key_concurrency, key_rate = excluded.key_rate,
    key_rate_period = excluded.key_rate_period;
