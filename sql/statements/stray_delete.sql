-- stray_delete: Deletes expired rows from the default partitions, a bounded number at a time.
-- $1 age interval
-- $2 most int4
-- rows: deleted int8
SELECT postroom.delete_expired_strays(now() - $1, $2);
