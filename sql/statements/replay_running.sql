-- replay_running: Lists the replays that are to be advanced, with the number of jobs that each may move now.
-- rows: id int8, allowance int4
-- uses: replay_running
SELECT id, least(rate, ceil(rate * extract(epoch FROM now() - coalesce(advanced_at, now() - interval '1 second'))))::integer
FROM postroom.replay WHERE state = 'running' ORDER BY id LIMIT 100;
