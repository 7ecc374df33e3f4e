-- clock_read: Reads the clock of the server.
-- rows: now timestamptz
SELECT clock_timestamp();
