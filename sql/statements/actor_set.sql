-- actor_set: Says for the rest of this transaction who acts.
-- $1 actor text
-- rows: actor text
SELECT set_config('postroom_audit.actor', $1, true);
