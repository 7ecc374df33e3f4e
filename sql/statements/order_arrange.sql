-- order_arrange: Brings the next jobs of locked keys to the front, and ends those that a newer one made needless.
-- $1..$2 keys Key[]: handler HandlerName, key text
-- rows: promoted Int
SELECT postroom.arrange_order($1, $2);
