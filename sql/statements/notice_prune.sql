-- notice_prune: Deletes notices of dead letters that are two days old.
-- $1 most int4
-- rows: handler HandlerName
DELETE FROM postroom.dead_letter_notice WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM postroom.dead_letter_notice WHERE hour < now() - interval '2 days' LIMIT $1))
RETURNING handler;
