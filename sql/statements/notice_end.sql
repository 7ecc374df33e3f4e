-- notice_end: Ends a notice that was told, or gives it back to be told again: after 5 seconds, then ever later.
-- $1 worker WorkerID
-- $2 handler HandlerName
-- $3 fingerprint text
-- $4 hour timestamptz
-- $5 is_told bool
-- rows: tries int2
UPDATE postroom.dead_letter_notice
SET worker = NULL, told_at = CASE WHEN $5 THEN now() END, due_at = now() + interval '5 seconds' * 3 ^ (tries - 1)
WHERE handler = $2 AND fingerprint = $3 AND hour = $4 AND worker = $1
RETURNING tries;
