-- renamed_move: Moves jobs and dead letters of renamed handlers to their names of today, a bounded number at a time.
-- $1 most int4
-- rows: moved Int
SELECT postroom.move_renamed($1);
