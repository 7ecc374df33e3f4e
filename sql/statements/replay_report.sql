-- replay_report: Reads what became of the jobs of a replay.
-- $1 replay int8
-- rows: report jsonb
SELECT postroom.replay_report(id) FROM postroom.replay WHERE id = $1;
