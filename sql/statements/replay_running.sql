-- replay_running: Lists the replays that are to be advanced, with the number of jobs that each may move now.
-- A replay goes behind live traffic: while ten seconds' worth of what it moved was not tried yet, it moves nothing more.
-- rows: id int8, allowance int4, is_counted bool
-- uses: replay_running
SELECT id, greatest(0, least(
           rate, ceil(rate * extract(epoch FROM now() - coalesce(advanced_at, now() - interval '1 second'))),
           room.most - (SELECT count(*) FROM (
               SELECT FROM postroom.retry r
               WHERE r.replay = running.id AND r.failed_attempts = r.attempts_before_replay LIMIT room.most) AS untried)
       ))::integer, expected IS NOT NULL
FROM postroom.replay AS running
CROSS JOIN LATERAL (SELECT greatest(least(rate::bigint * 10, 1000000), 5000) AS most) AS room
WHERE state = 'running' ORDER BY id LIMIT 100;
