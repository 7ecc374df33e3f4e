-- removed_handler_prune: Deletes waiting jobs of handlers that were removed, a bounded number at a time.
-- $1 most int4
-- rows: deleted Int
SELECT postroom.prune_removed_handlers($1);
