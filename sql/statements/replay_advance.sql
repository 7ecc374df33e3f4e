-- replay_advance: Moves up to so many pairs of a replay, and tells how many it looked at.
-- $1 replay int8
-- $2 most int4
-- rows: seen int8
SELECT postroom.advance_replay($1, $2);
