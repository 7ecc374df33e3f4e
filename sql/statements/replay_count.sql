-- replay_count: Counts what a replay will take, among the next rows below a number.
-- $1 replay int8
-- $2 before int8
-- $3 span int4
-- rows: reached int8?, matched Int
SELECT reached, matched FROM postroom.count_replay($1, $2, $3);
