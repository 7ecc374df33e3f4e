-- removed_forget: Deletes waiting pairs of handlers that were removed, a bounded number at once.
-- $1 most int4
-- rows: forgotten int8
SELECT postroom.forget_removed_handlers($1);
