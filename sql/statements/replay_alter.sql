-- replay_alter: Pauses, resumes or cancels a replay, and tells the state it has now. No row means there is none.
-- A replay that is done or cancelled stays so.
-- $1 id int8
-- $2 state ReplayChange
-- rows: state text
WITH changed AS (
    UPDATE postroom.replay SET state = $2, note = NULL, finished_at = CASE WHEN $2 = 'cancelled' THEN now() END
    WHERE id = $1 AND state IN ('running', 'paused') RETURNING state
), noted AS (
    INSERT INTO postroom.audit (action, detail)
    SELECT 'replay_' || $2, jsonb_build_object('replay', $1) FROM changed
)
SELECT coalesce((SELECT state FROM changed), r.state) FROM postroom.replay r WHERE r.id = $1;
