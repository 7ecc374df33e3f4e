-- inbox_read: Reads the number of shards.
-- rows: shards int2
SELECT shards FROM postroom.inbox;
