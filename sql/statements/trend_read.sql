-- trend_read: Reads what was counted in each minute of the last hour.
-- rows: minute timestamptz, waiting Int, owed Int, letters Int, oldest_seconds float8
SELECT minute, waiting, owed, letters, oldest_seconds FROM postroom.trend
WHERE minute > date_trunc('minute', now()) - interval '61 minutes' ORDER BY minute;
