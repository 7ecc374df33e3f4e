-- partition_drop: Drops the oldest expired partition of one table that nobody is owed; null where there is none.
-- $1 parent text
-- $2 age interval
-- rows: partition text?
SELECT postroom.drop_expired_partition($1, now() - $2);
