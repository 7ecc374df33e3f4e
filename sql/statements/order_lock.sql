-- order_lock: Locks keys until the commit, before jobs of theirs are added or ended in it.
-- $1..$2 keys Key[]: handler HandlerName, key text
SELECT postroom.lock_order($1, $2);
