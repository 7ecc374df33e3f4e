-- flow_read: Reads what happened in each minute of the last hour, the one under way included.
-- rows: minute timestamptz, kind text, name text, detail text, amount int8
SELECT minute, kind, name, detail, amount FROM postroom.flow
WHERE minute > date_trunc('minute', now()) - interval '61 minutes' ORDER BY minute, kind, name, detail;
