-- Views for people with psql: in_flight, old_snapshot, scheduled_delivery, handled_run; and why.
-- Works with programs from version 8.
-- Locks nothing that exists: it only creates.

CREATE VIEW postroom.in_flight AS
SELECT w.id AS worker, w.label, now() - w.heartbeat_at AS silent_for, w.started_at, w.handlers,
       coalesce(b.batches, 0) AS batches, coalesce(b.deliveries, 0) AS deliveries, b.oldest_received_at,
       coalesce(r.retries, 0) AS retries
FROM postroom.worker w
LEFT JOIN (
    SELECT worker, count(*) AS batches, sum(delivery_count) AS deliveries, min(received_at) AS oldest_received_at
    FROM postroom.batch WHERE worker IS NOT NULL GROUP BY worker
) b ON b.worker = w.id
LEFT JOIN (
    SELECT worker, count(*) AS retries FROM postroom.retry WHERE worker IS NOT NULL GROUP BY worker
) r ON r.worker = w.id
ORDER BY w.id;
COMMENT ON VIEW postroom.in_flight IS 'Running workers and the claims that they hold.';

CREATE VIEW postroom.old_snapshot AS
SELECT holder, application, role, state, held_for, xmin_age, query FROM (
    SELECT 'backend ' || pid AS holder, application_name AS application, usename::text AS role, state,
           now() - xact_start AS held_for, age(backend_xmin) AS xmin_age, left(query, 200) AS query
    FROM pg_stat_activity
    WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid() AND coalesce(datname, current_database()) = current_database()
    UNION ALL
    SELECT 'prepared transaction ' || gid, NULL, owner::text, 'prepared', now() - prepared, age(transaction), NULL
    FROM pg_prepared_xacts WHERE database = current_database()
    UNION ALL
    SELECT 'replication slot ' || slot_name, NULL, NULL, CASE WHEN active THEN 'active' ELSE 'inactive' END, NULL,
           age(xmin), NULL
    FROM pg_replication_slots WHERE xmin IS NOT NULL
) AS held
ORDER BY xmin_age DESC, held_for DESC NULLS LAST;
COMMENT ON VIEW postroom.old_snapshot IS
    'The sessions, transactions and slots that keep vacuum from removing dead rows, the oldest first. Other roles'' times need pg_read_all_stats.';

CREATE VIEW postroom.scheduled_delivery AS
SELECT due_at, endpoint, source, event_type, idempotency_key, scheduled_at, length(body) AS bytes
FROM postroom.scheduled ORDER BY due_at;
COMMENT ON VIEW postroom.scheduled_delivery IS
    'What was enqueued for later, the next one first. SELECT postroom.cancel(endpoint, idempotency_key) takes one back.';

CREATE VIEW postroom.handled_run AS
SELECT h.batch_id,
       h.batch_id * 256 + get_byte(h.runs, i * 4)          AS delivery_id,
       h.handlers[get_byte(h.runs, i * 4 + 1) + 1]         AS handler,
       h.settled_at,
       h.worker,
       make_interval(secs => ((v.packed & 2047)::bigint << (v.packed >> 11)) / 1000000.0) AS duration
FROM postroom.handled h
CROSS JOIN LATERAL generate_series(0, length(h.runs) / 4 - 1) AS i
CROSS JOIN LATERAL (SELECT get_byte(h.runs, i * 4 + 2) * 256 + get_byte(h.runs, i * 4 + 3) AS packed) AS v;
COMMENT ON VIEW postroom.handled_run IS 'Attempts that succeeded, with their time and duration: one row for each job.';

-- A duration in its largest unit, as people say it: 350 ms, 4 m, 3 d.
CREATE FUNCTION postroom.spoken(duration interval) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN (
    SELECT CASE
        WHEN s < 1 THEN round(s * 1000) || ' ms'
        WHEN s < 120 THEN floor(s) || ' s'
        WHEN s < 7200 THEN floor(s / 60) || ' m'
        WHEN s < 172800 THEN floor(s / 3600) || ' h'
        ELSE floor(s / 86400) || ' d'
    END
    FROM (SELECT greatest(extract(epoch FROM duration), 0)) AS d (s));

-- The error of a handler's newest dead letter. Bounds in place of equality leave the planner one index to walk: the one by
-- number alone would lead it through the letters of all other handlers, where this one has few.
CREATE FUNCTION postroom.last_error(of_handler text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT l.error FROM postroom.dead_letter l WHERE l.handler >= of_handler AND l.handler <= of_handler
    ORDER BY l.handler DESC, l.id DESC LIMIT 1
$$;

-- The number of unclaimed deliveries in batches before one, counted through ten thousand batches, in words.
CREATE FUNCTION postroom.queue_before(batch bigint) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE count(*) WHEN 0 THEN 'no other delivery' ELSE coalesce(sum(c.delivery_count), 0)
           || CASE count(*) WHEN 10000 THEN ' deliveries or more' ELSE ' deliveries' END END
    FROM (SELECT b.delivery_count FROM postroom.batch b
          WHERE b.id < queue_before.batch AND b.worker IS NULL ORDER BY b.id DESC LIMIT 10000) AS c
$$;

-- The number of other jobs of a handler that were due before one, counted up to ten thousand, in words.
CREATE FUNCTION postroom.due_before(handler text, due_at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE count(*) WHEN 0 THEN 'no other job' WHEN 10000 THEN '10000 jobs or more' ELSE count(*) || ' jobs' END
    FROM (SELECT FROM postroom.retry r
          WHERE r.handler = due_before.handler AND r.due_at < due_before.due_at AND r.worker IS NULL AND r.deaths < 2
            AND r.order_key IS NULL
          LIMIT 10000) AS c
$$;

CREATE TYPE postroom.explanation AS (
    handler text, state text, since timestamptz, reason text, command text, statement text
);

-- Explains where a delivery stands at each handler: the state, since when, the reason in words, and what helps, as arguments
-- of the command line and as SQL. A delivery that is kept nowhere has no row.
--
-- The facts of each job are gathered once; the reasons are a table, of which the first that applies is told. Each further
-- reason is one more row of it.
CREATE FUNCTION postroom.why(id bigint) RETURNS SETOF postroom.explanation
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
    it record;
    queue record;
BEGIN
    SELECT d.id, d.received_at, d.source, d.endpoint, d.event_type INTO it FROM postroom.delivery d WHERE d.id = why.id;
    IF NOT FOUND THEN
        SELECT l.delivery_id AS id, l.received_at, l.source, l.endpoint, l.event_type INTO it
        FROM postroom.dead_letter l WHERE l.delivery_id = why.id LIMIT 1;
        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;
    SELECT b.id, b.worker, w.label, b.deaths INTO queue
    FROM postroom.batch b LEFT JOIN postroom.worker w ON w.id = b.worker WHERE b.id = why.id >> 8;
    RETURN QUERY
    WITH run AS MATERIALIZED (
        SELECT DISTINCT ON (n.handler) n.handler, h.settled_at, h.duration, h.worker
        FROM postroom.handled_run h CROSS JOIN LATERAL postroom.current_name(h.handler) AS n (handler)
        WHERE h.batch_id = why.id >> 8 AND h.delivery_id = why.id ORDER BY n.handler, h.settled_at DESC
    ), failure AS MATERIALIZED (
        SELECT DISTINCT ON (n.handler) n.handler, f.attempt, f.failed_at, f.error
        FROM postroom.failed_attempt f CROSS JOIN LATERAL postroom.current_name(f.handler) AS n (handler)
        WHERE f.delivery_id = why.id ORDER BY n.handler, f.failed_at DESC
    ), ended AS MATERIALIZED (
        SELECT DISTINCT ON (e.handler) e.* FROM postroom.ended_letter e
        WHERE e.delivery_id = why.id ORDER BY e.handler, e.letter_id DESC
    ), name AS (
        SELECT h.name FROM postroom.handler h WHERE h.removed_at IS NULL
        UNION SELECT postroom.current_name(r.handler) FROM postroom.retry r WHERE r.delivery_id = why.id
        UNION SELECT postroom.current_name(l.handler) FROM postroom.dead_letter l WHERE l.delivery_id = why.id
        UNION SELECT run.handler FROM run
        UNION SELECT failure.handler FROM failure
        UNION SELECT postroom.current_name(ended.handler) FROM ended
        UNION SELECT postroom.current_name(s.handler) FROM postroom.superseded s WHERE s.delivery_id = why.id
    ), job AS MATERIALIZED (
        SELECT name.name AS handler, quote_literal(name.name) AS quoted,
               h.patterns, h.recorded_at, h.paused_at, h.paused_by, h.paused_for, h.removed_at,
               it.source <> 'unverified' AND EXISTS (
                   SELECT FROM unnest(h.patterns) AS p (pattern)
                   WHERE postroom.pattern_matches(p.pattern, it.source, it.endpoint, it.event_type)) AS is_wanted,
               it.received_at >= h.recorded_at OR coalesce(why.id >> 8 > h.after_batch, h.name IS NOT NULL) AS is_recorded,
               EXISTS (SELECT FROM postroom.worker w WHERE name.name = ANY (w.handlers)) AS has_worker,
               (SELECT min(s.since) FROM postroom.slowed_handler s
                WHERE s.handler = name.name AND s.seen_at > now() - interval '30 seconds') AS slowed_since,
               postroom.last_error(name.name) AS last_error,
               r.delivery_id IS NOT NULL AS is_owed, r.worker, w.label, nullif(r.due_at, 'infinity') AS due_at,
               sleep.due_at AS sleeps_until, sleep.recorded_at AS asleep_since,
               r.is_behind, (SELECT f.delivery_id FROM postroom.retry f
                             WHERE f.handler = r.handler AND f.order_key = r.order_key AND NOT f.is_behind) AS front,
               (SELECT l.id FROM postroom.dead_letter l
                WHERE l.handler = r.handler AND l.order_key = r.order_key AND l.is_parking LIMIT 1) AS parked_by,
               newer.superseded_at, newer.newer_id,
               r.due_at = 'infinity' AS is_parked, r.limit_cell_at,
               CASE WHEN num_nonnulls(m.global_concurrency, m.rate) > 0 THEN format(', limited over all processes to %s',
                   concat_ws(' and ', m.global_concurrency || ' at once', m.rate || ' in ' || postroom.spoken(m.rate_period)))
               END AS limits, h.busy_until, r.running_since, r.deaths, r.strikes,
               r.failed_attempts, r.failed_attempts > r.attempts_before_replay AS has_failed,
               l.id AS letter, l.died_at, l.reason AS died_of, l.error AS died_with, l.failed_attempts AS fatal_attempts,
               run.settled_at, run.duration, run.worker AS handled_by,
               failure.attempt AS failed_attempt, failure.failed_at, failure.error,
               ended.outcome, ended.ended_at, ended.actor, ended.reason AS ended_for, ended.successor, ended.letter_id
        FROM name
        LEFT JOIN postroom.handler h ON h.name = name.name
        LEFT JOIN postroom.retry r ON r.delivery_id = why.id AND postroom.current_name(r.handler) = name.name
        LEFT JOIN LATERAL (
            SELECT s.due_at, s.recorded_at FROM postroom.step s
            WHERE s.delivery_id = r.delivery_id AND s.handler = r.handler AND s.due_at > now()
            ORDER BY s.due_at DESC LIMIT 1) AS sleep ON true
        LEFT JOIN postroom.worker w ON w.id = r.worker
        LEFT JOIN postroom.handler_limit m ON m.handler = name.name
        LEFT JOIN postroom.dead_letter l ON l.delivery_id = why.id AND postroom.current_name(l.handler) = name.name
        LEFT JOIN LATERAL (
            SELECT s.superseded_at, s.newer_id FROM postroom.superseded s
            WHERE s.delivery_id = why.id AND postroom.current_name(s.handler) = name.name
            ORDER BY s.superseded_at DESC LIMIT 1) AS newer ON true
        LEFT JOIN run ON run.handler = name.name
        LEFT JOIN failure ON failure.handler = name.name
        LEFT JOIN ended ON postroom.current_name(ended.handler) = name.name
    ), open AS (
        -- A job that its batch holds counts as waiting until it has a record of its own.
        SELECT job.*, is_owed OR queue.id IS NOT NULL AND is_wanted AND is_recorded AND removed_at IS NULL
                                 AND settled_at IS NULL AND superseded_at IS NULL AND letter IS NULL AS is_waiting
        FROM job
    )
    SELECT DISTINCT ON (open.handler) open.handler, reason.state, reason.since, reason.words, reason.command, reason.statement
    FROM open CROSS JOIN LATERAL (VALUES
        (10, letter IS NOT NULL AND NOT is_owed, 'dead', died_at,
            format('dead since %s after %s attempts (%s): %s', postroom.spoken(now() - died_at), fatal_attempts, died_of,
                   died_with),
            format('dead-letters replay --id %s', letter), format('SELECT postroom.replay_dead_letter(%s)', letter)),
        (20, is_owed AND running_since IS NOT NULL, 'running', running_since,
            format('runs alone on worker %s (%s) for %s, as a crash suspect', worker, label,
                   postroom.spoken(now() - running_since)), NULL, NULL),
        (21, is_owed AND worker IS NOT NULL, 'running', NULL,
            format('held by worker %s (%s), attempt %s', worker, coalesce(label, 'gone, to be rescued'), failed_attempts + 1),
            'status', 'SELECT * FROM postroom.in_flight'),
        (30, is_owed AND removed_at IS NOT NULL, 'removed', removed_at,
            format('the handler was removed %s ago; its jobs are deleted', postroom.spoken(now() - removed_at)), NULL, NULL),
        (40, is_waiting AND paused_at IS NOT NULL, 'paused', paused_at,
            format('paused by %s for %s%s', coalesce(paused_by, 'somebody'), postroom.spoken(now() - paused_at),
                   coalesce(': ' || paused_for, '')),
            format('handlers resume %s', open.handler), format('SELECT postroom.resume_handler(%s)', quoted)),
        (50, is_waiting AND NOT has_worker, 'orphaned', NULL,
            'no living worker has this handler: deploy one that does, or rename or remove the handler',
            'doctor', 'SELECT * FROM postroom.doctor()'),
        (52, is_owed AND is_behind AND front IS NOT NULL, 'ordered', NULL,
            format('ordered behind delivery %s of the same key', front), format('deliveries why %s', front),
            format('SELECT * FROM postroom.why(%s)', front)),
        (53, is_owed AND is_behind AND parked_by IS NOT NULL, 'ordered', NULL,
            format('its key is parked by dead letter %s, which comes first', parked_by),
            format('dead-letters replay --id %s', parked_by), format('SELECT postroom.replay_dead_letter(%s)', parked_by)),
        (55, is_waiting AND busy_until > now(), 'busy', NULL,
            format('the handler said that it is busy; it is called again in %s', postroom.spoken(busy_until - now())),
            format('handlers resume %s', open.handler), format('SELECT postroom.resume_handler(%s)', quoted)),
        (58, is_owed AND is_parked, 'parked', NULL,
            'its handler limits the attempts of a key; it goes on when one of them ends', 'handlers list', NULL),
        (59, is_owed AND limit_cell_at > now(), 'limited', NULL,
            format('over the rate of its key: its turn comes in %s', postroom.spoken(limit_cell_at - now())),
            'handlers list', NULL),
        (60, is_owed AND deaths >= 2, 'suspect', due_at,
            format('crash suspect: %s workers died while they held it, %s while it ran alone; it waits to run alone', deaths,
                   strikes), NULL, NULL),
        (69, is_owed AND due_at > now() AND sleeps_until > now(), 'sleeping', asleep_since,
            format('sleeps for another %s, and takes no slot', postroom.spoken(sleeps_until - now())),
            NULL, format('SELECT * FROM postroom.step WHERE delivery_id = %s', why.id)),
        (70, is_owed AND due_at > now() AND has_failed, 'owed', failed_at,
            format('retry in %s after attempt %s failed: %s', postroom.spoken(due_at - now()), failed_attempts, error),
            'deliveries show ' || why.id, NULL),
        (71, is_owed AND due_at > now(), 'owed', due_at, format('due in %s', postroom.spoken(due_at - now())), NULL, NULL),
        (79, is_owed AND slowed_since IS NOT NULL, 'slowed', slowed_since,
            format('due for %s, behind %s; the circuit breaker lets one attempt run at a time, because the handler fails all the time: %s',
                   postroom.spoken(now() - due_at), postroom.due_before(open.handler, due_at), coalesce(last_error, 'see the log')),
            format('handlers pause %s', open.handler), format('SELECT postroom.pause_handler(%s)', quoted)),
        (80, is_owed, 'owed', due_at,
            format('due for %s, behind %s%s', postroom.spoken(now() - due_at), postroom.due_before(open.handler, due_at), limits),
            'status', 'SELECT * FROM postroom.status'),
        (90, is_waiting AND queue.worker IS NOT NULL, 'running', it.received_at,
            format('held by worker %s (%s) with its batch', queue.worker, coalesce(queue.label, 'gone, to be rescued')),
            'status', 'SELECT * FROM postroom.in_flight'),
        (91, is_waiting, 'queued', it.received_at,
            format('queued for %s, behind %s', postroom.spoken(now() - it.received_at), postroom.queue_before(queue.id)),
            'status', 'SELECT * FROM postroom.status'),
        (95, superseded_at IS NOT NULL AND superseded_at >= coalesce(settled_at, '-infinity'), 'superseded', superseded_at,
            format('superseded %s ago by delivery %s of the same key', postroom.spoken(now() - superseded_at), newer_id),
            format('deliveries why %s', newer_id), format('SELECT * FROM postroom.why(%s)', newer_id)),
        (100, settled_at IS NOT NULL AND settled_at >= coalesce(ended_at, '-infinity'), 'handled', settled_at,
            format('handled in %s by worker %s, %s ago', postroom.spoken(duration), handled_by,
                   postroom.spoken(now() - settled_at)), NULL, NULL),
        (110, outcome = 'discarded', 'discarded', ended_at,
            format('discarded by %s, %s ago%s', actor, postroom.spoken(now() - ended_at), coalesce(': ' || ended_for, '')),
            format('deliveries replay --id %s --to-handler %s', why.id, open.handler),
            format('SELECT postroom.replay_deliveries(ids => ARRAY[%s], handler => %s)', why.id, quoted)),
        (111, outcome = 'edited', 'edited', ended_at,
            format('edited by %s, %s ago: delivery %s takes its place%s', actor, postroom.spoken(now() - ended_at), successor,
                   coalesce(': ' || ended_for, '')),
            format('deliveries why %s', successor), format('SELECT * FROM postroom.why(%s)', successor)),
        (120, it.event_type IS NULL AND it.source NOT IN ('sql', 'unverified') AND NOT is_wanted, 'unreadable', it.received_at,
            'its event type could not be read, so that only handlers of every event get it',
            format('deliveries replay --id %s', why.id), format('SELECT postroom.replay_deliveries(ids => ARRAY[%s])', why.id)),
        (130, NOT is_wanted, 'unsubscribed', NULL,
            format('not subscribed: it takes %s', array_to_string(patterns, ', ')), NULL, NULL),
        (131, NOT is_recorded, 'unsubscribed', recorded_at,
            format('subscribed only since %s', recorded_at),
            format('deliveries replay --id %s --to-handler %s', why.id, open.handler),
            format('SELECT postroom.replay_deliveries(ids => ARRAY[%s], handler => %s)', why.id, quoted)),
        (140, true, 'ended', failed_at, 'nothing is owed any more, and no record says how it ended',
            format('deliveries replay --id %s --to-handler %s', why.id, open.handler),
            format('SELECT postroom.replay_deliveries(ids => ARRAY[%s], handler => %s)', why.id, quoted))
    ) AS reason (rank, applies, state, since, words, command, statement)
    WHERE reason.applies
    ORDER BY open.handler, reason.rank;
END $$;
COMMENT ON FUNCTION postroom.why IS
    'Where a delivery stands at each handler, and why: SELECT * FROM postroom.why(4711).';
