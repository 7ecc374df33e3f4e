-- replay_counted: Keeps what was counted before a replay began; the first count stays.
-- $1 replay int8
-- $2 expected Int
UPDATE postroom.replay SET expected = $2 WHERE id = $1 AND expected IS NULL;
