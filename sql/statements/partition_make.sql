-- partition_make: Makes the daily partitions from today to so many days ahead.
-- $1 days int4
-- rows: partition text
SELECT postroom.make_partitions($1);
