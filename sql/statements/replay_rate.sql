-- replay_rate: Changes the rate of a replay that has not ended, and tells its state. No row means there is none.
-- $1 id int8
-- $2 rate int4
-- rows: state text
WITH changed AS (
    UPDATE postroom.replay SET rate = $2 WHERE id = $1 AND state IN ('running', 'paused')
), noted AS (
    INSERT INTO postroom.audit (action, detail)
    SELECT 'replay_rate', jsonb_build_object('replay', r.id, 'rate', $2) FROM postroom.replay r
    WHERE r.id = $1 AND r.state IN ('running', 'paused')
)
SELECT state FROM postroom.replay WHERE id = $1;
