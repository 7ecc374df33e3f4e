-- finished_prune: Deletes the records of finished jobs that nobody owes any more, a bounded number at a time.
-- $1 most int4
-- rows: deleted Int
SELECT postroom.prune_finished($1);
