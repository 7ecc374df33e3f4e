-- secret_use_add: Adds how often secrets were used in this process since it told last.
-- $1..$3 uses SecretUse[]: endpoint text, secret text, times int8
INSERT INTO postroom.secret_use AS s (endpoint, secret, times, used_at)
SELECT endpoint, secret, sum(times), now() FROM unnest($1::text[], $2::text[], $3::bigint[]) AS i (endpoint, secret, times)
GROUP BY endpoint, secret ORDER BY endpoint, secret
ON CONFLICT (endpoint, secret) DO UPDATE SET times = s.times + excluded.times, used_at = excluded.used_at;
