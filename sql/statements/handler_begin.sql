-- handler_begin: Lets the handlers begin that were recorded and committed and have not begun.
-- They receive what is committed from now on. Call it in a commit of its own after worker_register: whoever settles a
-- delivery that comes after this moment then knows of them, which a settlement beside the commit that recorded them may
-- not; until this is committed they get what came since they were recorded, and so nothing is missed between the two.
-- $1 handlers text[]
-- uses: handler_pkey
UPDATE postroom.handler SET recorded_at = clock_timestamp(), after_batch = postroom.settled_batch()
WHERE name = ANY ($1) AND after_batch IS NULL;
