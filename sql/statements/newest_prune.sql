-- newest_prune: Forgets newest positions that are older than the retention, a bounded number at a time.
-- $1 age interval
-- $2 most int4
-- rows: deleted Int
SELECT postroom.prune_newest(now() - $1, $2);
