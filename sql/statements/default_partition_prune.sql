-- default_partition_prune: Deletes expired rows from the default partitions, a bounded number at a time.
-- $1 age interval
-- $2 most int4
-- rows: deleted Int
SELECT postroom.prune_default_partitions(now() - $1, $2);
