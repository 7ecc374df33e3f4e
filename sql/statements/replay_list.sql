-- replay_list: Lists replays, newest first.
-- $1 id int8?
-- $2 most int4
-- rows: id int8, kind text, state text, requested_at timestamptz, requested_by text, expected int8?, moved Int, looked Int,
--       rate int4, canary int4, stop_percent int4?, to_handler HandlerName?, reason text?, finished_at timestamptz?,
--       note text?, filter jsonb
SELECT id, kind, state, requested_at, requested_by, expected, moved, looked, rate, canary, stop_percent, to_handler, reason,
       finished_at, note,
       jsonb_strip_nulls(jsonb_build_object('ids', ids, 'endpoint', endpoint, 'event_type', event_type,
           'handler', handler, 'fingerprint', fingerprint, 'died_of', died_of, 'since', since, 'until', until))
FROM postroom.replay WHERE $1 IS NULL OR id = $1 ORDER BY id DESC LIMIT $2;
