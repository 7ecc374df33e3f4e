-- flow_add: Adds what happened in this process since it told last to the figures of the minute.
-- $1..$4 flows Flow[]: kind text, name text, detail text, amount int8
INSERT INTO postroom.flow AS f (minute, kind, name, detail, amount)
SELECT date_trunc('minute', now()), kind, name, detail, sum(amount)
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS i (kind, name, detail, amount)
GROUP BY kind, name, detail ORDER BY kind, name, detail
ON CONFLICT (minute, kind, name, detail) DO UPDATE SET amount = f.amount + excluded.amount;
