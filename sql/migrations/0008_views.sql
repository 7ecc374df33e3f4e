-- Views for people with psql: status, backlog, dead_letter_groups, in_flight, old_snapshot, handled_run.
-- Works with programs from version 8.
-- Locks nothing that exists: it only creates.

CREATE VIEW postroom.status AS
SELECT
    (SELECT count(*) FROM postroom.batch WHERE worker IS NULL)                                    AS waiting_batches,
    (SELECT coalesce(sum(delivery_count), 0) FROM postroom.batch WHERE worker IS NULL)            AS waiting_deliveries,
    (SELECT now() - min(received_at) FROM postroom.batch WHERE worker IS NULL)                    AS oldest_waiting,
    (SELECT coalesce(sum(delivery_count), 0) FROM postroom.batch WHERE worker IS NOT NULL)        AS deliveries_in_flight,
    (SELECT count(*) FROM postroom.retry WHERE worker IS NULL)                                    AS retries_waiting,
    (SELECT count(*) FROM postroom.retry r WHERE worker IS NULL AND due_at <= now()
        AND EXISTS (SELECT FROM postroom.handler h WHERE h.name = r.handler
                    AND h.paused_at IS NULL AND h.removed_at IS NULL))                            AS retries_due,
    (SELECT count(*) FROM postroom.retry WHERE worker IS NOT NULL)                                AS retries_in_flight,
    (SELECT count(*) FROM postroom.retry WHERE worker IS NULL AND deaths >= 2)                    AS suspects_waiting,
    (SELECT count(*) FROM postroom.dead_letter)                                                   AS dead_letters,
    (SELECT count(*) FROM postroom.worker)                                                        AS workers,
    (SELECT count(*) FROM postroom.handler WHERE removed_at IS NULL)                              AS handlers,
    (SELECT count(*) FROM postroom.handler WHERE removed_at IS NULL AND paused_at IS NOT NULL)    AS handlers_paused,
    (SELECT count(*) FROM postroom.replay WHERE state = 'running')                                AS replays_running;
COMMENT ON VIEW postroom.status IS 'The state of the inbox in one row.';

CREATE VIEW postroom.backlog AS
SELECT h.name AS handler,
       h.paused_at IS NOT NULL                          AS paused,
       coalesce(r.waiting, 0)                           AS retries_waiting,
       coalesce(r.due, 0)                               AS retries_due,
       coalesce(r.held, 0)                              AS retries_in_flight,
       r.next_due_at,
       coalesce(d.letters, 0)                           AS dead_letters,
       d.last_died_at
FROM postroom.handler h
LEFT JOIN (
    SELECT handler, count(*) FILTER (WHERE worker IS NULL) AS waiting,
           count(*) FILTER (WHERE worker IS NULL AND due_at <= now()) AS due,
           count(*) FILTER (WHERE worker IS NOT NULL) AS held,
           min(due_at) FILTER (WHERE worker IS NULL) AS next_due_at
    FROM postroom.retry GROUP BY handler
) r ON r.handler = h.name
LEFT JOIN (
    SELECT handler, count(*) AS letters, max(died_at) AS last_died_at FROM postroom.dead_letter GROUP BY handler
) d ON d.handler = h.name
WHERE h.removed_at IS NULL OR r.handler IS NOT NULL OR d.handler IS NOT NULL
ORDER BY h.name;
COMMENT ON VIEW postroom.backlog IS 'The jobs that each handler owes, and its dead letters.';

-- The newest letter of each group is looked up, not carried through the grouping with all other errors.
CREATE VIEW postroom.dead_letter_groups AS
SELECT g.handler, g.reason, g.fingerprint, g.letters, g.first_died_at, g.last_died_at, l.error AS last_error, g.last_id
FROM (
    SELECT handler, reason, fingerprint, count(*) AS letters, min(died_at) AS first_died_at,
           max(died_at) AS last_died_at, max(id) AS last_id
    FROM postroom.dead_letter GROUP BY handler, reason, fingerprint
) AS g
CROSS JOIN LATERAL (
    SELECT d.error FROM postroom.dead_letter d
    WHERE d.id = g.last_id
) AS l
ORDER BY g.letters DESC;
COMMENT ON VIEW postroom.dead_letter_groups IS 'Dead letters by handler, reason and likeness of the error.';

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
