-- scheduled_store: Stores what was enqueued for later and is due as deliveries, and says in how long the next one is.
-- $1 most int4
-- rows: looked Int, stored Int, next_due_in interval?
SELECT looked, stored, next_due_in FROM postroom.store_due_events($1);
