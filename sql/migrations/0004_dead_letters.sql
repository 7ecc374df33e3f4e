-- Dead letters: likeness of errors, history, lists and discards.
-- Works with programs from version 4.
-- Locks nothing that exists: it only creates.

-- A short hash of an error that is equal for errors which differ only in numbers and identities, or after the first line:
-- there stands what others say of the failure.
CREATE FUNCTION postroom.error_fingerprint(error text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN left(md5(regexp_replace(left(split_part(error, E'\n', 1), 512), '[0-9a-fA-F]{8,}|[0-9]+', '#', 'g')), 12);

-- The newest hundred failed attempts of a job that are on record, as a dead letter keeps them. All attempts of a job that
-- had many are more than a jsonb can hold, and then it could never become a dead letter.
CREATE FUNCTION postroom.failure_history(delivery_id bigint, handler text) RETURNS jsonb
LANGUAGE sql STABLE
RETURN coalesce(
    (SELECT jsonb_agg(jsonb_build_object(
                'attempt', f.attempt, 'at', f.failed_at, 'seconds', extract(epoch FROM f.duration), 'error', f.error)
            ORDER BY f.attempt)
     FROM (SELECT newest.attempt, newest.failed_at, newest.duration, newest.error
           FROM postroom.failed_attempt newest
           WHERE newest.delivery_id = failure_history.delivery_id
             AND newest.handler = ANY (postroom.names_of(failure_history.handler))
           ORDER BY newest.attempt DESC LIMIT 100) AS f),
    '[]'::jsonb);

-- Refuses a filter that names what does not exist, so that a slip of the pen never means everything, or nothing.
CREATE FUNCTION postroom.check_filter(
    handler text, fingerprint text, event_type text, endpoint text, died_of text,
    since timestamptz, until timestamptz, ids bigint[], everything boolean
) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT everything AND num_nonnulls(handler, fingerprint, event_type, endpoint, died_of, since, until, ids) = 0 THEN
        RAISE EXCEPTION 'no filter was given' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Name a handler, fingerprint, event_type, endpoint, died_of, since, until or ids, or say everything => true.';
    END IF;
    -- Removed handlers keep their rows, so that none is missing of which there is a letter.
    IF handler IS NOT NULL AND NOT EXISTS (SELECT FROM postroom.handler h WHERE h.name = check_filter.handler) THEN
        RAISE EXCEPTION 'there is no handler named %', quote_literal(handler) USING ERRCODE = 'invalid_parameter_value',
            HINT = 'SELECT name FROM postroom.handler lists the handlers.';
    END IF;
    IF died_of IS NOT NULL AND died_of NOT IN ('exhausted', 'permanent', 'undecodable', 'crash') THEN
        RAISE EXCEPTION 'nothing dies of %', quote_literal(died_of) USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Letters die of exhausted, permanent, undecodable or crash.';
    END IF;
    IF since > until THEN
        RAISE EXCEPTION 'since (%) is after until (%)', since, until USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Exchange the two, or leave one out.';
    END IF;
END $$;

-- Finds the place down to which about `span` dead letters with numbers below `before` lie, of a handler and a group of its
-- errors where they are given: `reached`, or null where that is the end.
CREATE FUNCTION postroom.look_at_letters(
    before bigint, span integer, handler text, fingerprint text, OUT reached bigint, OUT looked bigint
)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    IF handler IS NULL THEN
        SELECT count(*), min(w.id) INTO looked, reached FROM (
            SELECT l.id FROM postroom.dead_letter l WHERE l.id < before ORDER BY l.id DESC LIMIT span) AS w;
    ELSIF fingerprint IS NULL THEN
        SELECT count(*), min(w.id) INTO looked, reached FROM (
            SELECT l.id FROM postroom.dead_letter l WHERE l.handler = look_at_letters.handler AND l.id < before
            ORDER BY l.id DESC LIMIT span) AS w;
    ELSE
        SELECT count(*), min(w.id) INTO looked, reached FROM (
            SELECT l.id FROM postroom.dead_letter l
            WHERE l.handler = look_at_letters.handler AND l.fingerprint = look_at_letters.fingerprint AND l.id < before
            ORDER BY l.id DESC LIMIT span) AS w;
    END IF;
    IF looked < span THEN
        reached := NULL;
    END IF;
END $$;

-- The dead letters that match, with numbers from `lowest` on and below `before`, newest first.
CREATE FUNCTION postroom.matching_letters(
    before bigint, lowest bigint, most integer, ids bigint[], handler text, fingerprint text, event_type text, endpoint text,
    died_of text, since timestamptz, until timestamptz
)
RETURNS SETOF postroom.dead_letter
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    RETURN QUERY
        SELECT l.* FROM postroom.dead_letter l
        WHERE l.id < before AND l.id >= lowest
          AND (matching_letters.ids IS NULL OR l.id = ANY (matching_letters.ids))
          AND (matching_letters.handler IS NULL OR l.handler = matching_letters.handler)
          AND (matching_letters.fingerprint IS NULL OR l.fingerprint = matching_letters.fingerprint)
          AND (matching_letters.event_type IS NULL OR l.event_type = matching_letters.event_type)
          AND (matching_letters.endpoint IS NULL OR l.endpoint = matching_letters.endpoint)
          AND (matching_letters.died_of IS NULL OR l.reason = matching_letters.died_of)
          AND (since IS NULL OR l.died_at >= since) AND (until IS NULL OR l.died_at < until)
        ORDER BY l.id DESC LIMIT most;
END $$;

-- Deletes the dead letters that match, among about `span` with lower numbers than `before`, notes that each was discarded,
-- and says how far it looked. The first call, from the highest number of all, checks the filter.
CREATE FUNCTION postroom.discard_letters(
    before bigint, span integer, ids bigint[], handler text, fingerprint text, event_type text, endpoint text, died_of text,
    since timestamptz, until timestamptz, everything boolean, reason text, OUT reached bigint, OUT discarded bigint
)
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    IF before = 9223372036854775807 THEN
        PERFORM postroom.check_filter(handler, fingerprint, event_type, endpoint, died_of, since, until, ids, everything);
    END IF;
    IF ids IS NULL THEN
        SELECT w.reached INTO reached FROM postroom.look_at_letters(before, span, handler, fingerprint) AS w;
    END IF;
    WITH gone AS (
        DELETE FROM postroom.dead_letter d WHERE d.id = ANY (ARRAY(
            SELECT m.id FROM postroom.matching_letters(
                before, coalesce(discard_letters.reached, 0), 2147483647, discard_letters.ids, discard_letters.handler,
                discard_letters.fingerprint, discard_letters.event_type, discard_letters.endpoint, discard_letters.died_of,
                since, until) AS m))
        RETURNING d.id, d.delivery_id, d.handler
    ), noted AS (
        INSERT INTO postroom.ended_letter (letter_id, delivery_id, handler, outcome, reason)
        SELECT g.id, g.delivery_id, g.handler, 'discarded', discard_letters.reason FROM gone g
        ON CONFLICT DO NOTHING
    ), forgotten AS (
        DELETE FROM postroom.step s USING gone g WHERE s.delivery_id = g.delivery_id AND s.handler = g.handler
    )
    SELECT count(*) INTO discarded FROM gone;
    IF discarded > 0 THEN
        INSERT INTO postroom.audit (action, detail)
        VALUES ('discard_dead_letters', jsonb_strip_nulls(jsonb_build_object(
            'handler', discard_letters.handler, 'fingerprint', discard_letters.fingerprint,
            'event_type', discard_letters.event_type, 'endpoint', discard_letters.endpoint,
            'died_of', discard_letters.died_of, 'since', since, 'until', until, 'ids', discard_letters.ids,
            'reason', discard_letters.reason, 'discarded', discarded)));
    END IF;
END $$;

CREATE FUNCTION postroom.discard_dead_letters(
    handler text DEFAULT NULL, event_type text DEFAULT NULL, endpoint text DEFAULT NULL, died_of text DEFAULT NULL,
    since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL, ids bigint[] DEFAULT NULL,
    fingerprint text DEFAULT NULL, everything boolean DEFAULT false, reason text DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    place bigint := 9223372036854775807;
    step record;
    total bigint := 0;
BEGIN
    -- A reason of death chooses what died of it, whichever way it is given.
    IF reason IN ('exhausted', 'permanent', 'undecodable', 'crash') THEN
        died_of := coalesce(died_of, reason);
    END IF;
    WHILE place IS NOT NULL LOOP
        SELECT s.reached, s.discarded INTO step FROM postroom.discard_letters(
            place, 10000, discard_dead_letters.ids, discard_dead_letters.handler, discard_dead_letters.fingerprint,
            discard_dead_letters.event_type, discard_dead_letters.endpoint, discard_dead_letters.died_of,
            discard_dead_letters.since, discard_dead_letters.until, discard_dead_letters.everything,
            discard_dead_letters.reason) AS s;
        total := total + step.discarded;
        place := step.reached;
    END LOOP;
    IF total = 0 THEN
        INSERT INTO postroom.audit (action, detail)
        VALUES ('discard_dead_letters', jsonb_strip_nulls(jsonb_build_object(
            'handler', discard_dead_letters.handler, 'fingerprint', discard_dead_letters.fingerprint,
            'event_type', discard_dead_letters.event_type, 'endpoint', discard_dead_letters.endpoint,
            'died_of', discard_dead_letters.died_of, 'since', discard_dead_letters.since,
            'until', discard_dead_letters.until, 'ids', discard_dead_letters.ids, 'reason', discard_dead_letters.reason,
            'discarded', 0)));
    END IF;
    RETURN total;
END $$;
COMMENT ON FUNCTION postroom.discard_dead_letters IS
    'Deletes the dead letters that match every given filter, and returns how many those were. The reason is for the audit.';

-- Discards the dead letters that died before a time, among the next ones above a number, and says how far it looked; null where
-- none of those it saw did, as letters have the order of their deaths. Keys that they park go on.
CREATE FUNCTION postroom.expire_letters(
    before timestamptz, above bigint, most integer, OUT reached bigint, OUT expired bigint
)
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
BEGIN
    WITH seen AS MATERIALIZED (
        SELECT l.id, l.died_at FROM postroom.dead_letter l WHERE l.id > above ORDER BY l.id LIMIT most
    ), gone AS (
        DELETE FROM postroom.dead_letter d
        WHERE d.id = ANY (ARRAY(SELECT s.id FROM seen s WHERE s.died_at < before)) AND d.died_at < before
        RETURNING d.id, d.delivery_id, d.handler
    ), noted AS (
        INSERT INTO postroom.ended_letter (letter_id, delivery_id, handler, outcome, reason)
        SELECT g.id, g.delivery_id, g.handler, 'discarded', 'older than retention.dead-letters' FROM gone g
        ON CONFLICT DO NOTHING
    ), forgotten AS (
        DELETE FROM postroom.step s USING gone g WHERE s.delivery_id = g.delivery_id AND s.handler = g.handler
    )
    SELECT count(*), CASE WHEN count(*) > 0 THEN (SELECT max(s.id) FROM seen s) END INTO expired, reached FROM gone;
    IF expired > 0 THEN
        INSERT INTO postroom.audit (action, detail)
        VALUES ('discard_dead_letters', jsonb_build_object(
            'until', before, 'reason', 'older than retention.dead-letters', 'discarded', expired));
    END IF;
END $$;

-- The groups and hours in which letters came, of each of which one worker with a hook tells its program. Several
-- transactions that do not see each other may note the same: one that waited for another, and held notes of its own, could
-- deadlock with it. Who takes a note deletes the others.
CREATE TABLE postroom.dead_letter_notice (
    id          uuid        NOT NULL DEFAULT gen_random_uuid(),
    handler     text        NOT NULL,
    fingerprint text        NOT NULL,
    hour        timestamptz NOT NULL,
    due_at      timestamptz NOT NULL DEFAULT now(),
    worker      bigint,
    tries       smallint    NOT NULL DEFAULT 0,
    told_at     timestamptz
);
COMMENT ON TABLE postroom.dead_letter_notice IS
    'The groups of dead letters by hour, of which the program''s hooks are told once. worker is the one that tells, or null.';
CREATE INDEX dead_letter_notice_group ON postroom.dead_letter_notice (handler, fingerprint, hour);
CREATE INDEX dead_letter_notice_due ON postroom.dead_letter_notice (handler, due_at) WHERE told_at IS NULL;
CREATE INDEX dead_letter_notice_hour ON postroom.dead_letter_notice (hour);

-- For each row and not for the statement, which every settlement runs: a settlement without letters costs nothing.
CREATE FUNCTION postroom.note_dead_letter() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM postroom.dead_letter_notice n
        WHERE n.handler = NEW.handler AND n.fingerprint = NEW.fingerprint AND n.hour = date_trunc('hour', NEW.died_at))
    THEN
        INSERT INTO postroom.dead_letter_notice (handler, fingerprint, hour)
        VALUES (NEW.handler, NEW.fingerprint, date_trunc('hour', NEW.died_at));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER dead_letter_is_noted AFTER INSERT OR UPDATE OF died_at ON postroom.dead_letter
FOR EACH ROW EXECUTE FUNCTION postroom.note_dead_letter();

-- Takes a notice that nobody has or whose worker is gone, and counts the try. One worker at a time looks. A worker tells one
-- at a time: one that it has already is one whose reply was lost.
CREATE FUNCTION postroom.claim_notice(
    teller bigint, handlers text[], most_tries integer,
    OUT handler text, OUT fingerprint text, OUT hour timestamptz, OUT tries smallint
) RETURNS SETOF record
LANGUAGE plpgsql AS $$
DECLARE
    due record;
    kept uuid;
BEGIN
    PERFORM FROM postroom.worker w WHERE w.id = teller FOR KEY SHARE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('postroom.claim_notice'));
    FOR due IN
        SELECT d.id, d.handler, d.fingerprint, d.hour FROM postroom.dead_letter_notice d
        WHERE d.handler = ANY (handlers) AND d.told_at IS NULL AND d.tries < most_tries AND d.due_at <= now()
          AND (d.worker IS NULL OR d.worker = teller OR NOT EXISTS (SELECT FROM postroom.worker w WHERE w.id = d.worker))
        ORDER BY d.due_at LIMIT 100
    LOOP
        SELECT n.id INTO kept FROM postroom.dead_letter_notice n
        WHERE n.handler = due.handler AND n.fingerprint = due.fingerprint AND n.hour = due.hour
        ORDER BY n.told_at, n.tries DESC, n.id LIMIT 1;
        DELETE FROM postroom.dead_letter_notice n
        WHERE n.handler = due.handler AND n.fingerprint = due.fingerprint AND n.hour = due.hour AND n.id <> kept;
        IF due.id = kept THEN
            RETURN QUERY UPDATE postroom.dead_letter_notice n SET worker = teller, tries = n.tries + 1
            WHERE n.id = due.id RETURNING n.handler, n.fingerprint, n.hour, n.tries;
            RETURN;
        END IF;
    END LOOP;
END $$;
