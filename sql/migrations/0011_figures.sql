-- Figures that stay cheap: what people and metrics ask for is counted in turns, and what happens is told by the minute.
-- Works with programs from version 11.
-- Locks nothing that exists: it only creates.

-- What is counted for people and for metrics is counted by whoever has the turn, a bounded number of rows at a time, and
-- read by all others with its age. Each step continues where the last one of any process ended, so that a process that dies
-- costs nothing but its turn.

CREATE TABLE postroom.census (
    only_row       boolean     NOT NULL DEFAULT true PRIMARY KEY,
    phase          text        NOT NULL DEFAULT 'idle',
    at_id          bigint      NOT NULL DEFAULT 0,
    at_handler     text        NOT NULL DEFAULT '',
    at_fingerprint text        NOT NULL DEFAULT '',
    spent          interval    NOT NULL DEFAULT '0',
    took           interval    NOT NULL DEFAULT '0',
    next_at        timestamptz NOT NULL DEFAULT '-infinity',
    counted_at     timestamptz,
    CONSTRAINT census_has_one_row CHECK (only_row),
    CONSTRAINT census_phase_is_known CHECK (phase IN ('idle', 'batches', 'retries', 'letters'))
);
COMMENT ON TABLE postroom.census IS
    'The count that is under way, with the place that it came to, and when the last one ended. took is its time in steps.';
INSERT INTO postroom.census DEFAULT VALUES;

-- The sums of the count that is under way.
CREATE TABLE postroom.census_draft (
    kind        text   NOT NULL,
    handler     text   NOT NULL,
    fingerprint text   NOT NULL,
    reason      text   NOT NULL,
    rows        bigint NOT NULL,
    jobs        bigint NOT NULL,
    first_id    bigint NOT NULL,
    last_id     bigint NOT NULL,
    first_at    timestamptz,
    last_at     timestamptz,
    PRIMARY KEY (kind, handler, fingerprint, reason)
);

CREATE TABLE postroom.batch_figure (
    is_held            boolean NOT NULL PRIMARY KEY,
    batches            bigint  NOT NULL,
    deliveries         bigint  NOT NULL,
    oldest_received_at timestamptz
);

CREATE TABLE postroom.handler_figure (
    handler            text   NOT NULL PRIMARY KEY,
    owed               bigint NOT NULL,
    held               bigint NOT NULL,
    due                bigint NOT NULL,
    suspects           bigint NOT NULL,
    next_due_at        timestamptz,
    oldest_delivery    bigint,
    oldest_received_at timestamptz,
    letters            bigint NOT NULL,
    last_died_at       timestamptz
);
COMMENT ON TABLE postroom.handler_figure IS
    'What each handler was owed when it was last counted. due and suspects are counted up to 10,000.';

CREATE TABLE postroom.letter_figure (
    handler       text        NOT NULL,
    fingerprint   text        NOT NULL,
    reason        text        NOT NULL,
    letters       bigint      NOT NULL,
    first_died_at timestamptz NOT NULL,
    last_died_at  timestamptz NOT NULL,
    last_id       bigint      NOT NULL,
    PRIMARY KEY (handler, fingerprint, reason)
);
CREATE INDEX letter_figure_size ON postroom.letter_figure (letters DESC);

CREATE TABLE postroom.letter_note (
    handler     text        NOT NULL,
    fingerprint text        NOT NULL,
    note        text        NOT NULL,
    author      text        NOT NULL DEFAULT postroom.actor(),
    noted_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (handler, fingerprint)
);
COMMENT ON TABLE postroom.letter_note IS 'What people wrote about a group of dead letters.';

CREATE TABLE postroom.flow (
    minute timestamptz NOT NULL,
    kind   text        NOT NULL,
    name   text        NOT NULL,
    detail text        NOT NULL,
    amount bigint      NOT NULL,
    PRIMARY KEY (minute, kind, name, detail)
) WITH (fillfactor = 70);
COMMENT ON TABLE postroom.flow IS
    'What happened in each minute of the last day, as processes tell every few seconds: what was received, attempted and died.';

CREATE TABLE postroom.trend (
    minute            timestamptz NOT NULL PRIMARY KEY,
    waiting           bigint      NOT NULL,
    owed              bigint      NOT NULL,
    letters           bigint      NOT NULL,
    oldest_seconds    float8      NOT NULL
);
COMMENT ON TABLE postroom.trend IS 'The newest count of each minute of the last day.';

CREATE TABLE postroom.slowed_handler (
    process text        NOT NULL,
    handler text        NOT NULL,
    since   timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (process, handler)
);
COMMENT ON TABLE postroom.slowed_handler IS
    'The handlers that a process runs one attempt at a time, because they fail all the time. A row that is older than 30 s counts no more.';

-- Replaces the figures by the sums of a count that came to its end.
CREATE FUNCTION postroom.finish_census() RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    DELETE FROM postroom.batch_figure;
    INSERT INTO postroom.batch_figure (is_held, batches, deliveries, oldest_received_at)
    SELECT d.handler = 'held', d.rows, d.jobs, d.first_at FROM postroom.census_draft d WHERE d.kind = 'batch';
    DELETE FROM postroom.handler_figure;
    INSERT INTO postroom.handler_figure
        (handler, owed, held, due, suspects, next_due_at, oldest_delivery, oldest_received_at, letters, last_died_at)
    SELECT name.handler, coalesce(owed.rows, 0), coalesce(held.jobs, 0), coalesce(due.jobs, 0), coalesce(suspect.jobs, 0),
           due.next_at, owed.first_id, oldest.received_at, coalesce(letter.letters, 0), letter.last_at
    FROM (SELECT h.name AS handler FROM postroom.handler h WHERE h.removed_at IS NULL
          UNION SELECT d.handler FROM postroom.census_draft d WHERE d.kind IN ('retry', 'letter')) AS name
    LEFT JOIN postroom.census_draft owed
        ON owed.kind = 'retry' AND owed.handler = name.handler AND owed.fingerprint = '' AND owed.reason = ''
    LEFT JOIN LATERAL (
        SELECT r.received_at FROM postroom.retry r WHERE r.delivery_id = owed.first_id AND r.handler = name.handler) AS oldest
        ON true
    LEFT JOIN (SELECT r.handler, count(*) AS jobs FROM postroom.retry r WHERE r.worker IS NOT NULL GROUP BY r.handler) AS held
        ON held.handler = name.handler
    LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE w.due_at <= now()) AS jobs, nullif(min(w.due_at), 'infinity') AS next_at FROM (
            (SELECT r.due_at FROM postroom.retry r
             WHERE r.handler = name.handler AND r.worker IS NULL AND r.deaths < 2 AND r.order_key IS NULL
             ORDER BY r.due_at LIMIT 10000)
            UNION ALL
            (SELECT r.due_at FROM postroom.retry r
             WHERE r.handler = name.handler AND r.worker IS NULL AND r.deaths < 2 AND r.order_key IS NOT NULL
               AND NOT r.is_behind
             ORDER BY r.due_at LIMIT 10000)) AS w
        WHERE owed.rows > 0) AS due ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS jobs FROM (
            SELECT FROM postroom.retry r
            WHERE r.handler = name.handler AND r.worker IS NULL AND r.deaths >= 2
              AND NOT r.is_behind LIMIT 10000) AS w
        WHERE owed.rows > 0) AS suspect ON true
    LEFT JOIN (
        SELECT d.handler, sum(d.rows) AS letters, max(d.last_at) AS last_at
        FROM postroom.census_draft d WHERE d.kind = 'letter' GROUP BY d.handler) AS letter
        ON letter.handler = name.handler;
    DELETE FROM postroom.letter_figure;
    INSERT INTO postroom.letter_figure (handler, fingerprint, reason, letters, first_died_at, last_died_at, last_id)
    SELECT d.handler, d.fingerprint, d.reason, d.rows, d.first_at, d.last_at, d.last_id
    FROM postroom.census_draft d WHERE d.kind = 'letter';
    INSERT INTO postroom.trend AS t (minute, waiting, owed, letters, oldest_seconds)
    SELECT date_trunc('minute', now()),
           coalesce((SELECT sum(b.deliveries) FROM postroom.batch_figure b), 0),
           coalesce(sum(f.owed), 0), coalesce(sum(f.letters), 0),
           greatest(0, extract(epoch FROM now() - least(
               min(f.oldest_received_at), (SELECT min(b.oldest_received_at) FROM postroom.batch_figure b))))
    FROM postroom.handler_figure f
    ON CONFLICT (minute) DO UPDATE
    SET waiting = excluded.waiting, owed = excluded.owed, letters = excluded.letters, oldest_seconds = excluded.oldest_seconds;
    DELETE FROM postroom.trend t WHERE t.minute < now() - interval '1 day';
    DELETE FROM postroom.flow f WHERE f.minute < now() - interval '1 day';
    DELETE FROM postroom.slowed_handler s WHERE s.seen_at < now() - interval '5 minutes';
END $$;

-- Takes one step of the count: looks at up to `span` rows. Nothing is done while another one counts, and where the last count
-- is new: five seconds old, or twenty times as old as it took. One that is eager begins anew unless the last one was dear.
-- `goes_on` says that there is more to count now.
CREATE FUNCTION postroom.census_step(span integer, eager boolean, OUT goes_on boolean)
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    c postroom.census;
    seen bigint := 0;
    began CONSTANT timestamptz := clock_timestamp();
BEGIN
    goes_on := false;
    SELECT * INTO c FROM postroom.census FOR UPDATE SKIP LOCKED;
    IF NOT FOUND OR c.phase = 'idle' AND c.next_at > now() AND NOT (eager AND c.took < interval '50 milliseconds') THEN
        RETURN;
    END IF;
    IF c.phase = 'idle' THEN
        DELETE FROM postroom.census_draft;
        c.phase := 'batches';
        c.at_id := -1;
        c.spent := '0';
    END IF;
    WHILE c.phase <> 'idle' AND seen < span LOOP
        CASE c.phase
        WHEN 'batches' THEN
            WITH part AS MATERIALIZED (
                SELECT b.id, b.received_at, b.delivery_count, b.worker IS NOT NULL AS is_held
                FROM postroom.batch b WHERE b.id > c.at_id ORDER BY b.id LIMIT span - seen
            ), added AS (
                INSERT INTO postroom.census_draft AS d
                    (kind, handler, fingerprint, reason, rows, jobs, first_id, last_id, first_at, last_at)
                SELECT 'batch', CASE WHEN p.is_held THEN 'held' ELSE 'waiting' END, '', '', count(*), sum(p.delivery_count),
                       min(p.id), max(p.id), min(p.received_at), max(p.received_at)
                FROM part p GROUP BY p.is_held
                ON CONFLICT (kind, handler, fingerprint, reason) DO UPDATE
                SET rows = d.rows + excluded.rows, jobs = d.jobs + excluded.jobs, first_at = least(d.first_at, excluded.first_at)
            )
            SELECT seen + count(*), coalesce(max(p.id), c.at_id) INTO seen, c.at_id FROM part p;
            IF seen < span THEN
                c.phase := 'retries';
                c.at_id := -1;
                c.at_handler := '';
            END IF;
        WHEN 'retries' THEN
            WITH part AS MATERIALIZED (
                SELECT r.delivery_id, r.handler FROM postroom.retry r
                WHERE (r.delivery_id, r.handler) > (c.at_id, c.at_handler)
                ORDER BY r.delivery_id, r.handler LIMIT span - seen
            ), added AS (
                INSERT INTO postroom.census_draft AS d
                    (kind, handler, fingerprint, reason, rows, jobs, first_id, last_id)
                SELECT 'retry', p.handler, '', '', count(*), count(*), min(p.delivery_id), max(p.delivery_id)
                FROM part p GROUP BY p.handler
                ON CONFLICT (kind, handler, fingerprint, reason) DO UPDATE
                SET rows = d.rows + excluded.rows, jobs = d.jobs + excluded.jobs, last_id = excluded.last_id
            ), last AS (
                SELECT p.delivery_id, p.handler FROM part p ORDER BY p.delivery_id DESC, p.handler DESC LIMIT 1
            )
            SELECT seen + (SELECT count(*) FROM part), coalesce(l.delivery_id, c.at_id), coalesce(l.handler, c.at_handler)
            INTO seen, c.at_id, c.at_handler FROM (SELECT) AS one LEFT JOIN last l ON true;
            IF seen < span THEN
                c.phase := 'letters';
                c.at_handler := '';
                c.at_fingerprint := '';
                c.at_id := -1;
            END IF;
        WHEN 'letters' THEN
            WITH part AS MATERIALIZED (
                SELECT l.handler, l.fingerprint, l.id, l.reason, l.died_at FROM postroom.dead_letter l
                WHERE (l.handler, l.fingerprint, l.id) > (c.at_handler, c.at_fingerprint, c.at_id)
                ORDER BY l.handler, l.fingerprint, l.id LIMIT span - seen
            ), added AS (
                INSERT INTO postroom.census_draft AS d
                    (kind, handler, fingerprint, reason, rows, jobs, first_id, last_id, first_at, last_at)
                SELECT 'letter', p.handler, p.fingerprint, p.reason, count(*), count(*), min(p.id), max(p.id), min(p.died_at),
                       max(p.died_at)
                FROM part p GROUP BY p.handler, p.fingerprint, p.reason
                ON CONFLICT (kind, handler, fingerprint, reason) DO UPDATE
                SET rows = d.rows + excluded.rows, jobs = d.jobs + excluded.jobs, last_id = excluded.last_id,
                    first_at = least(d.first_at, excluded.first_at), last_at = greatest(d.last_at, excluded.last_at)
            ), last AS (
                SELECT p.handler, p.fingerprint, p.id FROM part p
                ORDER BY p.handler DESC, p.fingerprint DESC, p.id DESC LIMIT 1
            )
            SELECT seen + (SELECT count(*) FROM part), coalesce(l.handler, c.at_handler),
                   coalesce(l.fingerprint, c.at_fingerprint), coalesce(l.id, c.at_id)
            INTO seen, c.at_handler, c.at_fingerprint, c.at_id FROM (SELECT) AS one LEFT JOIN last l ON true;
            IF seen < span THEN
                PERFORM postroom.finish_census();
                c.phase := 'idle';
                c.counted_at := now();
            END IF;
        END CASE;
    END LOOP;
    c.spent := c.spent + (clock_timestamp() - began);
    IF c.phase = 'idle' THEN
        c.took := c.spent;
        c.next_at := now() + greatest(interval '5 seconds', c.took * 20);
    END IF;
    goes_on := c.phase <> 'idle';
    UPDATE postroom.census
    SET phase = c.phase, at_id = c.at_id, at_handler = c.at_handler, at_fingerprint = c.at_fingerprint, spent = c.spent,
        took = c.took, next_at = c.next_at, counted_at = c.counted_at;
END $$;

-- Counts everything anew, however long that takes.
CREATE FUNCTION postroom.take_census() RETURNS timestamptz
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE postroom.census SET next_at = '-infinity', phase = 'idle';
    WHILE (SELECT s.goes_on FROM postroom.census_step(50000, false) AS s) LOOP
    END LOOP;
    RETURN (SELECT c.counted_at FROM postroom.census c);
END $$;
COMMENT ON FUNCTION postroom.take_census IS
    'Counts what the views status, backlog and dead_letter_groups tell, which otherwise happens every few seconds.';

CREATE VIEW postroom.status AS
SELECT
    coalesce(waiting.batches, 0)                                                                  AS waiting_batches,
    coalesce(waiting.deliveries, 0)                                                               AS waiting_deliveries,
    now() - waiting.oldest_received_at                                                            AS oldest_waiting,
    coalesce(held.deliveries, 0)                                                                  AS deliveries_in_flight,
    jobs.owed - jobs.held                                                                         AS retries_waiting,
    jobs.due                                                                                      AS retries_due,
    jobs.held                                                                                     AS retries_in_flight,
    jobs.suspects                                                                                 AS suspects_waiting,
    jobs.letters                                                                                  AS dead_letters,
    (SELECT count(*) FROM postroom.worker)                                                        AS workers,
    (SELECT count(*) FROM postroom.handler WHERE removed_at IS NULL)                              AS handlers,
    (SELECT count(*) FROM postroom.handler WHERE removed_at IS NULL AND paused_at IS NOT NULL)    AS handlers_paused,
    (SELECT count(*) FROM postroom.replay WHERE state = 'running')                                AS replays_running,
    oldest.handler                                                                                AS oldest_owed_handler,
    now() - oldest.oldest_received_at                                                             AS oldest_owed,
    census.counted_at
FROM postroom.census
LEFT JOIN postroom.batch_figure waiting ON NOT waiting.is_held
LEFT JOIN postroom.batch_figure held ON held.is_held
CROSS JOIN (
    SELECT coalesce(sum(f.owed), 0)::bigint AS owed, coalesce(sum(f.held), 0)::bigint AS held,
           coalesce(sum(f.due) FILTER (WHERE h.paused_at IS NULL AND h.removed_at IS NULL), 0)::bigint AS due,
           coalesce(sum(f.suspects), 0)::bigint AS suspects, coalesce(sum(f.letters), 0)::bigint AS letters
    FROM postroom.handler_figure f LEFT JOIN postroom.handler h ON h.name = f.handler
) AS jobs
LEFT JOIN LATERAL (
    SELECT f.handler, f.oldest_received_at FROM postroom.handler_figure f
    WHERE f.owed > 0 ORDER BY f.oldest_received_at LIMIT 1
) AS oldest ON true;
COMMENT ON VIEW postroom.status IS 'The state of the inbox in one row, as it was when it was last counted.';

CREATE VIEW postroom.backlog AS
SELECT h.name AS handler,
       h.paused_at IS NOT NULL                          AS paused,
       coalesce(f.owed - f.held, 0)                     AS retries_waiting,
       coalesce(f.due, 0)                               AS retries_due,
       coalesce(f.held, 0)                              AS retries_in_flight,
       f.next_due_at,
       coalesce(f.letters, 0)                           AS dead_letters,
       f.last_died_at,
       f.oldest_delivery,
       f.oldest_received_at,
       EXISTS (SELECT FROM postroom.slowed_handler s
               WHERE s.handler = h.name AND s.seen_at > now() - interval '30 seconds') AS slowed
FROM postroom.handler h LEFT JOIN postroom.handler_figure f ON f.handler = h.name
WHERE h.removed_at IS NULL OR f.owed > 0 OR f.letters > 0
ORDER BY h.name;
COMMENT ON VIEW postroom.backlog IS 'The jobs that each handler owes, and its dead letters, as they were last counted.';

CREATE VIEW postroom.dead_letter_groups AS
SELECT g.handler, g.reason, g.fingerprint, g.letters, g.first_died_at, g.last_died_at, l.error AS last_error, g.last_id,
       n.note, n.author, n.noted_at
FROM (
    SELECT f.handler, f.fingerprint, max(f.reason) AS reason, sum(f.letters)::bigint AS letters,
           min(f.first_died_at) AS first_died_at, max(f.last_died_at) AS last_died_at, max(f.last_id) AS last_id
    FROM postroom.letter_figure f GROUP BY f.handler, f.fingerprint
) AS g
LEFT JOIN LATERAL (
    SELECT d.error FROM postroom.dead_letter d
    WHERE d.id = g.last_id
) AS l ON true
LEFT JOIN postroom.letter_note n ON n.handler = g.handler AND n.fingerprint = g.fingerprint
ORDER BY g.letters DESC;
COMMENT ON VIEW postroom.dead_letter_groups IS
    'Dead letters by handler and likeness of the error, as they were last counted, with what people noted.';

-- The groups of dead letters with what a person needs to judge them: up to ten types and endpoints among the newest hundred
-- letters of each, and the newest error.
CREATE FUNCTION postroom.letter_groups(of_handler text, of_fingerprint text, most integer)
RETURNS TABLE (handler text, fingerprint text, reason text, letters bigint, first_died_at timestamptz, last_died_at timestamptz,
               last_id bigint, error text, types text[], endpoints text[], note text, author text, noted_at timestamptz)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    RETURN QUERY
    SELECT g.handler, g.fingerprint, g.reason, g.letters, g.first_died_at, g.last_died_at, g.last_id, g.last_error, s.types,
           s.endpoints, g.note, g.author, g.noted_at
    FROM (SELECT d.* FROM postroom.dead_letter_groups d
          WHERE (of_handler IS NULL OR d.handler = of_handler) AND (of_fingerprint IS NULL OR d.fingerprint = of_fingerprint)
          ORDER BY d.letters DESC, d.last_id DESC LIMIT most) AS g
    CROSS JOIN LATERAL (
        SELECT (array_agg(DISTINCT n.event_type) FILTER (WHERE n.event_type IS NOT NULL))[1:10] AS types,
               (array_agg(DISTINCT n.endpoint))[1:10] AS endpoints
        FROM (SELECT l.event_type, l.endpoint FROM postroom.dead_letter l
              -- As in last_error: whatever else is there, only the index of the group is walked.
              WHERE (l.handler, l.fingerprint) >= (g.handler, g.fingerprint)
                AND (l.handler, l.fingerprint) <= (g.handler, g.fingerprint)
              ORDER BY l.handler DESC, l.fingerprint DESC, l.id DESC LIMIT 100) AS n) AS s
    ORDER BY g.letters DESC, g.last_id DESC;
END $$;

CREATE FUNCTION postroom.note_letter_group(handler text, fingerprint text, note text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(note_letter_group.note, '') = '' THEN
        DELETE FROM postroom.letter_note n
        WHERE n.handler = note_letter_group.handler AND n.fingerprint = note_letter_group.fingerprint;
        RETURN;
    END IF;
    INSERT INTO postroom.letter_note AS n (handler, fingerprint, note)
    VALUES (note_letter_group.handler, note_letter_group.fingerprint, note_letter_group.note)
    ON CONFLICT ON CONSTRAINT letter_note_pkey DO UPDATE
    SET note = excluded.note, author = excluded.author, noted_at = excluded.noted_at;
END $$;
COMMENT ON FUNCTION postroom.note_letter_group IS
    'Writes a note about a group of dead letters, in place of the one before; an empty one deletes it.';

SELECT postroom.pin_functions();
