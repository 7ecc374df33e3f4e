-- Replays: the plans that people record, and the bounded steps in which the inbox carries them out.
-- Works with programs from version 6.
-- Locks nothing that exists: it only creates.

-- The percentage that a rule such as `failed>10%` names; null for null.
CREATE FUNCTION postroom.stop_percent(stop_if text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    percent CONSTANT text := (regexp_match(stop_if, '^\s*failed\s*>\s*([0-9]{1,2})\s*%\s*$'))[1];
BEGIN
    IF stop_if IS NOT NULL AND percent IS NULL THEN
        RAISE EXCEPTION 'a replay can''t stop by the rule %', quote_literal(stop_if) USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Write ''failed>10%'', with a percentage from 0 to 99.';
    END IF;
    RETURN percent::integer;
END $$;

-- Records a replay with its pace, notes it in the audit, wakes a worker, and returns its number.
CREATE FUNCTION postroom.record_replay(plan postroom.replay, rate integer, canary integer, stop_if text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
BEGIN
    IF rate < 1 OR canary < 0 THEN
        RAISE EXCEPTION 'a replay has a rate of at least 1 a second and a canary of at least 0, not % and %', rate, canary
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Leave out rate and canary for the usual ones.';
    END IF;
    IF plan.to_handler IS NOT NULL
       AND NOT EXISTS (SELECT FROM postroom.handler h WHERE h.name = plan.to_handler AND h.removed_at IS NULL) THEN
        RAISE EXCEPTION 'there is no handler named %', quote_literal(plan.to_handler)
            USING ERRCODE = 'invalid_parameter_value', HINT = 'SELECT name FROM postroom.handler lists the handlers.';
    END IF;
    INSERT INTO postroom.replay AS r
        (kind, ids, endpoint, event_type, handler, fingerprint, died_of, since, until, to_handler, reason, rate, canary,
         stop_percent, is_proven)
    VALUES (plan.kind, plan.ids, plan.endpoint, plan.event_type, plan.handler, plan.fingerprint, plan.died_of, plan.since,
            plan.until, plan.to_handler, plan.reason, coalesce(record_replay.rate, 500),
            coalesce(record_replay.canary, CASE plan.kind WHEN 'dead-letters' THEN 20 ELSE 0 END),
            postroom.stop_percent(stop_if),
            coalesce(record_replay.canary, CASE plan.kind WHEN 'dead-letters' THEN 20 ELSE 0 END) = 0)
    RETURNING r.id INTO number;
    INSERT INTO postroom.audit (action, detail)
    VALUES ('replay_' || replace(plan.kind, '-', '_'),
            jsonb_strip_nulls(jsonb_build_object('replay', number, 'reason', plan.reason)));
    PERFORM pg_notify('postroom', '');
    RETURN number;
END $$;

CREATE FUNCTION postroom.replay_dead_letters(
    handler text DEFAULT NULL, event_type text DEFAULT NULL, endpoint text DEFAULT NULL, died_of text DEFAULT NULL,
    since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL, ids bigint[] DEFAULT NULL,
    fingerprint text DEFAULT NULL, everything boolean DEFAULT false, rate integer DEFAULT NULL, canary integer DEFAULT NULL,
    stop_if text DEFAULT NULL, to_handler text DEFAULT NULL, reason text DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    plan postroom.replay;
BEGIN
    -- A reason of death chooses what died of it, whichever way it is given.
    IF reason IN ('exhausted', 'permanent', 'undecodable', 'crash') THEN
        died_of := coalesce(died_of, reason);
    END IF;
    PERFORM postroom.check_filter(handler, fingerprint, event_type, endpoint, died_of, since, until, ids, everything);
    plan.kind := 'dead-letters';
    plan.ids := ids;
    plan.endpoint := endpoint;
    plan.event_type := event_type;
    plan.handler := handler;
    plan.fingerprint := fingerprint;
    plan.died_of := died_of;
    plan.since := since;
    plan.until := until;
    plan.to_handler := to_handler;
    plan.reason := reason;
    RETURN postroom.record_replay(plan, rate, canary, stop_if);
END $$;
COMMENT ON FUNCTION postroom.replay_dead_letters IS
    'Records a replay of the dead letters that match every given filter, and returns its number. Workers carry it out.';

CREATE FUNCTION postroom.replay_dead_letter(id bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM postroom.dead_letter d WHERE d.id = replay_dead_letter.id) THEN
        RAISE EXCEPTION 'there is no dead letter %', id USING ERRCODE = 'no_data_found',
            HINT = 'It may have been replayed or discarded already: SELECT * FROM postroom.audit ORDER BY id DESC.';
    END IF;
    RETURN postroom.replay_dead_letters(ids => ARRAY[replay_dead_letter.id]);
END $$;

CREATE FUNCTION postroom.replay_deliveries(
    handler text DEFAULT NULL, event_type text DEFAULT NULL, endpoint text DEFAULT NULL,
    since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL, ids bigint[] DEFAULT NULL,
    everything boolean DEFAULT false, rate integer DEFAULT NULL, canary integer DEFAULT NULL, stop_if text DEFAULT NULL,
    reason text DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    plan postroom.replay;
BEGIN
    PERFORM postroom.check_filter(handler, NULL, event_type, endpoint, NULL, since, until, ids, everything);
    plan.kind := 'deliveries';
    plan.ids := ids;
    plan.endpoint := endpoint;
    plan.event_type := event_type;
    plan.handler := handler;
    plan.since := since;
    plan.until := until;
    plan.reason := reason;
    RETURN postroom.record_replay(plan, rate, canary, stop_if);
END $$;
COMMENT ON FUNCTION postroom.replay_deliveries IS
    'Records a replay of kept deliveries to the handlers that subscribe to them, or to the one named, and returns its number.';

-- Counts what a replay will take, among about `span` rows with numbers below `before`, and says how far it looked.
CREATE FUNCTION postroom.count_replay(
    replay bigint, before bigint, span integer, OUT reached bigint, OUT looked bigint, OUT matched bigint
)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    plan postroom.replay;
BEGIN
    SELECT * INTO STRICT plan FROM postroom.replay r WHERE r.id = count_replay.replay;
    IF plan.kind = 'deliveries' THEN
        SELECT c.reached, c.looked, c.deliveries INTO reached, looked, matched
        FROM postroom.count_deliveries(
            before, span, plan.ids, plan.endpoint, plan.event_type, plan.since, least(plan.until, plan.requested_at)) AS c;
        RETURN;
    END IF;
    IF plan.ids IS NULL THEN
        SELECT w.reached, w.looked INTO reached, looked
        FROM postroom.look_at_letters(before, span, plan.handler, plan.fingerprint) AS w;
    ELSE
        looked := cardinality(plan.ids);
    END IF;
    SELECT count(*) INTO matched FROM postroom.dead_letter l
    WHERE l.id < before AND l.id >= coalesce(count_replay.reached, 0) AND l.died_at <= plan.requested_at
      AND (plan.ids IS NULL OR l.id = ANY (plan.ids))
      AND (plan.handler IS NULL OR l.handler = plan.handler)
      AND (plan.fingerprint IS NULL OR l.fingerprint = plan.fingerprint)
      AND (plan.event_type IS NULL OR l.event_type = plan.event_type)
      AND (plan.endpoint IS NULL OR l.endpoint = plan.endpoint)
      AND (plan.died_of IS NULL OR l.reason = plan.died_of)
      AND (plan.since IS NULL OR l.died_at >= plan.since)
      AND (plan.until IS NULL OR l.died_at < plan.until);
END $$;

-- What became of the jobs that a replay moved: untried ones, those that failed again and are owed, and those that died again.
-- What is neither has ended.
CREATE FUNCTION postroom.replay_progress(replay bigint, OUT untried bigint, OUT failing bigint, OUT died bigint)
LANGUAGE sql STABLE AS $$
    SELECT count(*) FILTER (WHERE r.failed_attempts = r.attempts_before_replay),
           count(*) FILTER (WHERE r.failed_attempts > r.attempts_before_replay),
           (SELECT count(*) FROM postroom.dead_letter l WHERE l.replay = replay_progress.replay)
    FROM postroom.retry r WHERE r.replay = replay_progress.replay
$$;

-- The report of a replay: what it moved, what of that has ended, and what died again by group.
CREATE FUNCTION postroom.replay_report(replay bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    plan postroom.replay;
    progress record;
BEGIN
    SELECT * INTO plan FROM postroom.replay r WHERE r.id = replay_report.replay;
    IF plan.result IS NOT NULL THEN
        RETURN plan.result;
    END IF;
    SELECT * INTO progress FROM postroom.replay_progress(replay_report.replay);
    RETURN jsonb_build_object(
        'moved', plan.moved, 'untried', progress.untried, 'failing', progress.failing, 'died', progress.died,
        'ended', plan.moved - progress.untried - progress.failing - progress.died,
        'groups', coalesce((
            SELECT jsonb_agg(jsonb_build_object('handler', g.handler, 'fingerprint', g.fingerprint, 'letters', g.letters,
                                                'error', g.error) ORDER BY g.letters DESC)
            FROM (SELECT l.handler, l.fingerprint, count(*) AS letters, left(min(l.error), 500) AS error
                  FROM postroom.dead_letter l WHERE l.replay = replay_report.replay
                  GROUP BY l.handler, l.fingerprint ORDER BY count(*) DESC LIMIT 100) AS g), '[]'));
END $$;
COMMENT ON FUNCTION postroom.replay_report IS
    'What a replay moved, what of that has ended, and what died again by group: SELECT postroom.replay_report(12).';

-- Keeps the reports of replays of which nothing is owed any more, and returns the number of them.
CREATE FUNCTION postroom.close_replays() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    closed bigint;
BEGIN
    UPDATE postroom.replay p SET result = postroom.replay_report(p.id)
    WHERE p.id IN (
        SELECT o.id FROM postroom.replay o
        WHERE o.result IS NULL AND o.state IN ('done', 'cancelled')
          AND NOT EXISTS (SELECT FROM postroom.retry r WHERE r.replay = o.id)
        ORDER BY o.id LIMIT 20 FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS closed = ROW_COUNT;
    RETURN closed;
END $$;

-- Pauses a replay of which more failed than its rule allows, and tells whether it did.
CREATE FUNCTION postroom.stop_replay(plan postroom.replay, failed bigint, tried bigint, subject text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF failed * 100 <= coalesce(plan.stop_percent, 50) * tried THEN
        RETURN false;
    END IF;
    UPDATE postroom.replay r
    SET state = 'paused', is_proven = true, stop_percent = NULL,
        note = format('%s of %s failed again; resume it once the cause is mended, or cancel it', failed, subject)
    WHERE r.id = plan.id;
    INSERT INTO postroom.audit (actor, action, detail)
    VALUES ('postroom', 'replay_paused', jsonb_build_object('replay', plan.id, 'of', subject, 'failed', failed));
    RETURN true;
END $$;

-- The results of a replay's canaries by handler: `failed` have failed again, `open` have not been tried yet. `obstacle`
-- says why they may stay open for long, or is null.
CREATE FUNCTION postroom.canary_results(canaries bigint[], handlers text[])
RETURNS TABLE (handler text, moved bigint, failed bigint, open bigint, obstacle text)
LANGUAGE sql STABLE AS $$
    SELECT c.handler, count(*),
           count(*) FILTER (WHERE d.id IS NOT NULL OR r.failed_attempts > r.attempts_before_replay),
           count(*) FILTER (WHERE d.id IS NULL AND r.failed_attempts = r.attempts_before_replay),
           CASE
               WHEN (SELECT h.paused_at FROM postroom.handler h WHERE h.name = c.handler) IS NOT NULL THEN 'it is paused'
               WHEN NOT EXISTS (SELECT FROM postroom.worker w WHERE c.handler = ANY (w.handlers)) THEN 'no worker has it'
           END
    FROM unnest(canary_results.canaries, canary_results.handlers) AS c (delivery_id, handler)
    LEFT JOIN postroom.retry r ON r.delivery_id = c.delivery_id AND r.handler = c.handler
    LEFT JOIN postroom.dead_letter d ON d.delivery_id = c.delivery_id AND d.handler = c.handler
    GROUP BY c.handler
$$;

-- Tells whether the jobs of a handler have an order, so that they need a key.
CREATE FUNCTION postroom.is_ordered(handler text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM postroom.handler h WHERE h.name = is_ordered.handler AND h.order_rule <> 'ended')
$$;

-- Makes the jobs of letters owed again, to their own handler or to another one, stores the deliveries that retention dropped, and returns the number of letters.
CREATE FUNCTION postroom.owe_letters(ids bigint[], replay bigint, to_handler text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    made bigint;
BEGIN
    WITH letter AS (
        DELETE FROM postroom.dead_letter d WHERE d.id = ANY (owe_letters.ids) RETURNING d.*
    ), kept AS (
        INSERT INTO postroom.delivery (id, received_at, endpoint, source, event_type, idempotency_key, headers, body)
        SELECT DISTINCT ON (l.delivery_id)
            l.delivery_id, l.received_at, l.endpoint, l.source, l.event_type, l.idempotency_key, l.headers, l.body
        FROM letter l
        ON CONFLICT DO NOTHING
    ), owed AS (
        -- A job that took the process down goes on running alone.
        INSERT INTO postroom.retry
            (delivery_id, handler, received_at, failed_attempts, attempts_before_replay, due_at, deaths, replay, order_key,
             order_position, is_behind, needs_key)
        SELECT l.delivery_id, coalesce(owe_letters.to_handler, l.handler), l.received_at, tried.attempts, tried.attempts,
               now(), CASE l.reason WHEN 'crash' THEN 2 ELSE 0 END, owe_letters.replay, own.order_key,
               CASE WHEN own.order_key IS NOT NULL THEN l.order_position END, own.order_key IS NOT NULL,
               own.order_key IS NULL AND postroom.is_ordered(coalesce(owe_letters.to_handler, l.handler))
        FROM letter l
        CROSS JOIN LATERAL (
            SELECT CASE WHEN coalesce(owe_letters.to_handler, l.handler) = l.handler THEN l.failed_attempts ELSE 0 END
                   AS attempts) AS tried
        CROSS JOIN LATERAL (
            SELECT CASE WHEN coalesce(owe_letters.to_handler, l.handler) = l.handler THEN l.order_key END AS order_key) AS own
        ON CONFLICT (delivery_id, handler) DO NOTHING
    )
    SELECT count(*) INTO made FROM letter;
    RETURN made;
END $$;

-- Makes jobs of kept deliveries owed, takes their letters along, and returns the number of jobs that were not owed before.
-- The arrays name one job at each place. Nothing of them is finished any more: they are to be done once again.
CREATE FUNCTION postroom.owe_deliveries(ids bigint[], times timestamptz[], handlers text[], replay bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    made bigint;
BEGIN
    WITH wanted AS (
        SELECT w.* FROM unnest(owe_deliveries.ids, owe_deliveries.times, owe_deliveries.handlers)
            AS w (id, received_at, handler)
    ), letter AS (
        DELETE FROM postroom.dead_letter d USING wanted w WHERE d.delivery_id = w.id AND d.handler = w.handler
        RETURNING d.delivery_id, d.handler, d.failed_attempts, d.reason, d.order_key, d.order_position
    ), undone AS (
        DELETE FROM postroom.finished f USING wanted w
        WHERE f.delivery_id = w.id AND f.handler = w.handler
          AND NOT EXISTS (SELECT FROM postroom.retry r WHERE r.delivery_id = w.id AND r.handler = w.handler)
    ), owed AS (
        INSERT INTO postroom.retry
            (delivery_id, handler, received_at, failed_attempts, attempts_before_replay, due_at, deaths, replay, order_key,
             order_position, is_behind, needs_key)
        SELECT w.id, w.handler, w.received_at, coalesce(l.failed_attempts, 0), coalesce(l.failed_attempts, 0), now(),
               CASE l.reason WHEN 'crash' THEN 2 ELSE 0 END, owe_deliveries.replay, l.order_key, l.order_position,
               l.order_key IS NOT NULL, l.order_key IS NULL AND postroom.is_ordered(w.handler)
        FROM wanted w LEFT JOIN letter l ON l.delivery_id = w.id AND l.handler = w.handler
        ON CONFLICT (delivery_id, handler) DO NOTHING
        RETURNING 1
    )
    SELECT count(*) INTO made FROM owed;
    RETURN made;
END $$;

-- The next letters behind a number, of a handler and a group of its errors where they are given, which an index has in order.
CREATE FUNCTION postroom.letters_ahead(
    cursor bigint, last_id bigint, span bigint, handler text, fingerprint text, OUT seen bigint, OUT upper bigint
)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    IF handler IS NULL THEN
        SELECT count(*), max(w.id) INTO seen, upper FROM (
            SELECT l.id FROM postroom.dead_letter l WHERE l.id > cursor AND l.id <= last_id ORDER BY l.id LIMIT span) AS w;
    ELSIF fingerprint IS NULL THEN
        SELECT count(*), max(w.id) INTO seen, upper FROM (
            SELECT l.id FROM postroom.dead_letter l
            WHERE l.handler = letters_ahead.handler AND l.id > cursor AND l.id <= last_id ORDER BY l.id LIMIT span) AS w;
    ELSE
        SELECT count(*), max(w.id) INTO seen, upper FROM (
            SELECT l.id FROM postroom.dead_letter l
            WHERE l.handler = letters_ahead.handler AND l.fingerprint = letters_ahead.fingerprint
              AND l.id > cursor AND l.id <= last_id ORDER BY l.id LIMIT span) AS w;
    END IF;
END $$;

-- Takes one step of a replay: looks at up to `span` letters or deliveries in the order of their ids, moves up to about
-- `most` jobs of those that match, and keeps the place that it came to, whether anything matched or not.
--
-- It locks the plan, so that two callers take turns. Of dead letters the first of each handler go alone, as canaries;
-- further letters of that handler are left for later until those were tried, and the letters of other handlers go on. If
-- more of a handler's canaries fail again than the plan allows, or more of all that was tried, the replay is paused instead
-- of sending everything after them. To resume it is to decide that the rest goes all the same. Letters of removed handlers stay: nobody would try them.
--
-- A delivery that was stored without a type may have one by today's rules. A caller that can read it gives `typed_ids` and
-- `typed_types`, empty at first; a step stops before a delivery that is not among them and returns it in `untyped`, with
-- some of the next ones. A type of '' says that there is none. Without `typed_ids` the stored type alone counts.
--
-- `moved_now` is the number of jobs that came to be owed, `looked_now` about the number of rows that were looked at;
-- `goes_on` says that there is more to look at now.
CREATE FUNCTION postroom.step_replay(
    replay bigint, most integer, span integer, typed_ids bigint[], typed_types text[],
    OUT moved_now bigint, OUT looked_now bigint, OUT goes_on boolean, OUT untyped bigint[]
)
LANGUAGE plpgsql
-- Only index scans in the order of the index are bounded, and only plans that know the place leave partitions out. A
-- kind of scan that is switched off costs so much in the planner's eyes that it would compile every plan.
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    canary_count integer;
    most_untyped CONSTANT integer := 256;
    plan postroom.replay;
    canary record;
    progress record;
    match record;
    rooms jsonb := '{}';
    room integer;
    waits boolean := false;
    lowest timestamptz := '-infinity';
    highest timestamptz := 'infinity';
    part bigint[];
    kinds text[];
    wanted_type text;
    name text;
    place integer;
    seen bigint;
    upper bigint;
    reached bigint;
    ids bigint[];
    times timestamptz[];
    handlers text[];
BEGIN
    moved_now := 0;
    looked_now := 0;
    goes_on := false;
    untyped := '{}';
    SELECT * INTO plan FROM postroom.replay r WHERE r.id = step_replay.replay AND r.state = 'running'
    FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM postroom.handler h
               WHERE h.renamed_to IS NOT NULL AND EXISTS (SELECT FROM postroom.dead_letter l WHERE l.handler = h.name)) THEN
        -- Letters on their way to a new name would be passed by, or be tried under the former one.
        RETURN;
    END IF;

    canary_count := plan.canary;
    IF plan.stop_percent IS NOT NULL OR plan.kind = 'deliveries' AND NOT plan.is_proven THEN
        SELECT p.untried, p.failing + p.died AS failed INTO progress FROM postroom.replay_progress(plan.id) AS p;
        IF plan.moved - progress.untried >= canary_count
           AND postroom.stop_replay(plan, progress.failed, plan.moved - progress.untried,
                                    format('the first %s', plan.moved - progress.untried)) THEN
            RETURN;
        END IF;
    END IF;
    IF plan.kind = 'deliveries' AND NOT plan.is_proven THEN
        IF plan.moved < canary_count THEN
            most := least(most, canary_count - plan.moved);
        ELSIF progress.untried > 0 THEN
            UPDATE postroom.replay r SET note = format('waits for the first %s to be tried', plan.moved) WHERE r.id = plan.id;
            RETURN;
        ELSE
            plan.is_proven := true;
        END IF;
    END IF;
    IF plan.kind = 'dead-letters' AND NOT plan.is_proven THEN
        FOR canary IN SELECT * FROM postroom.canary_results(plan.canaries, plan.canary_handlers) c ORDER BY c.handler LOOP
            IF postroom.stop_replay(plan, canary.failed, canary_count,
                                    format('the first %s of %s', canary_count, canary.handler)) THEN
                RETURN;
            ELSIF canary.moved < canary_count OR canary.open > 0 THEN
                rooms := rooms || jsonb_build_object(canary.handler, canary_count - canary.moved);
            ELSE
                plan.proven_handlers := plan.proven_handlers || canary.handler;
                SELECT coalesce(array_agg(c.id), '{}'), coalesce(array_agg(c.handler), '{}')
                INTO plan.canaries, plan.canary_handlers
                FROM unnest(plan.canaries, plan.canary_handlers) AS c (id, handler) WHERE c.handler <> canary.handler;
            END IF;
        END LOOP;
    END IF;
    IF plan.has_walked AND plan.skipped_id IS NOT NULL
       AND (plan.is_proven OR EXISTS (
           SELECT FROM unnest(plan.held_handlers) AS h (name) WHERE (rooms ->> h.name)::integer IS DISTINCT FROM 0)) THEN
        -- A handler for which letters were left has proved itself since.
        plan.has_walked := false;
        plan.cursor := plan.skipped_id;
        plan.last_id := NULL;
        plan.skipped_id := NULL;
    END IF;

    -- Retention waits for this, or is waited for: the deliveries that are seen from here on stay.
    PERFORM pg_advisory_xact_lock_shared(hashtext('postroom.retention'));
    IF plan.kind = 'deliveries' THEN
        -- Whole days, by which partitions are left out: a time within a day says little about where among the ids it is.
        lowest := coalesce(date_trunc('day', plan.since AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', lowest);
        highest := coalesce((date_trunc('day', plan.until AT TIME ZONE 'UTC') + interval '1 day') AT TIME ZONE 'UTC', highest);
    END IF;

    WHILE NOT plan.has_walked AND looked_now < span AND moved_now < most AND untyped = '{}' AND NOT waits LOOP
        -- Where this look ends: `upper`, the id of the last of `seen` rows.
        IF plan.ids IS NOT NULL THEN
            part := ARRAY(SELECT DISTINCT i.id FROM unnest(plan.ids) AS i (id)
                          WHERE i.id > plan.cursor ORDER BY i.id LIMIT span - looked_now);
            seen := cardinality(part);
            upper := part[seen];
        ELSIF plan.kind = 'dead-letters' THEN
            IF plan.last_id IS NULL THEN
                SELECT coalesce(max(l.id), 0) INTO plan.last_id FROM postroom.dead_letter l;
            END IF;
            SELECT w.seen, w.upper INTO seen, upper FROM postroom.letters_ahead(
                plan.cursor, plan.last_id, span - looked_now, plan.handler, plan.fingerprint) AS w;
        ELSE
            IF plan.last_id IS NULL THEN
                SELECT coalesce(max(d.id), 0) INTO plan.last_id FROM postroom.delivery d;
            END IF;
            SELECT count(*), max(w.id) INTO seen, upper FROM (
                SELECT d.id FROM postroom.delivery d
                WHERE d.id > plan.cursor AND d.id <= plan.last_id
                  AND d.received_at >= lowest AND d.received_at < highest
                ORDER BY d.id LIMIT span - looked_now) AS w;
        END IF;
        IF seen = 0 THEN
            plan.has_walked := true;
            EXIT;
        END IF;
        reached := upper;
        ids := '{}';
        times := '{}';
        handlers := '{}';

        IF plan.kind = 'dead-letters' THEN
            FOR match IN
                SELECT l.id, l.delivery_id, coalesce(plan.to_handler, l.handler) AS handler FROM postroom.dead_letter l
                WHERE l.id > plan.cursor AND l.id <= upper AND l.died_at <= plan.requested_at
                  AND (part IS NULL OR l.id = ANY (part))
                  AND (plan.handler IS NULL OR l.handler = plan.handler)
                  AND (plan.fingerprint IS NULL OR l.fingerprint = plan.fingerprint)
                  AND (plan.event_type IS NULL OR l.event_type = plan.event_type)
                  AND (plan.endpoint IS NULL OR l.endpoint = plan.endpoint)
                  AND (plan.died_of IS NULL OR l.reason = plan.died_of)
                  AND (plan.since IS NULL OR l.died_at >= plan.since)
                  AND (plan.until IS NULL OR l.died_at < plan.until)
                  AND (plan.to_handler IS NOT NULL OR NOT EXISTS (
                       SELECT FROM postroom.handler h WHERE h.name = l.handler AND h.removed_at IS NOT NULL))
                ORDER BY l.id
            LOOP
                IF NOT plan.is_proven AND match.handler <> ALL (plan.proven_handlers) THEN
                    room := coalesce((rooms ->> match.handler)::integer, canary_count);
                    IF room = 0 AND num_nonnulls(plan.handler, plan.to_handler) > 0 THEN
                        -- All others are of this handler too.
                        reached := match.id - 1;
                        waits := true;
                        EXIT;
                    ELSIF room = 0 THEN
                        IF plan.skipped_id IS NULL THEN
                            plan.skipped_id := match.id - 1;
                        END IF;
                        CONTINUE;
                    END IF;
                    rooms := rooms || jsonb_build_object(match.handler, room - 1);
                    plan.canaries := plan.canaries || match.delivery_id;
                    plan.canary_handlers := plan.canary_handlers || match.handler;
                END IF;
                ids := ids || match.id;
                IF moved_now + cardinality(ids) >= most THEN
                    reached := match.id;
                    EXIT;
                END IF;
            END LOOP;
            IF ids <> '{}' THEN
                moved_now := moved_now + postroom.owe_letters(ids, plan.id, plan.to_handler);
            END IF;
        ELSE
            -- Kinds are few, and what is asked of each once need not be asked of each delivery.
            WITH kind AS MATERIALIZED (
                SELECT DISTINCT d.source, d.endpoint, d.event_type FROM postroom.delivery d
                WHERE d.id > plan.cursor AND d.id <= upper
                  AND d.received_at >= lowest AND d.received_at < highest
                  AND (part IS NULL OR d.id = ANY (part))
                  AND (plan.event_type IS NULL OR d.event_type = plan.event_type
                       OR d.event_type IS NULL AND typed_ids IS NOT NULL)
                  AND (plan.endpoint IS NULL OR d.endpoint = plan.endpoint)
            )
            SELECT coalesce(array_agg(k.source || '@' || k.endpoint || ':' || coalesce(k.event_type, '')), '{}')
            INTO kinds FROM kind k
            WHERE CASE
                WHEN k.event_type IS NULL AND typed_ids IS NOT NULL THEN postroom.wants_source(k.source, plan.handler)
                ELSE postroom.handlers_wanting(k.source, k.endpoint, k.event_type, plan.handler) <> '{}'
            END;
            FOR match IN
                SELECT d.id, d.received_at, d.source, d.endpoint, d.event_type FROM postroom.delivery d
                WHERE kinds <> '{}' AND d.id > plan.cursor AND d.id <= upper
                  AND d.received_at >= lowest AND d.received_at < highest AND d.received_at <= plan.requested_at
                  AND (part IS NULL OR d.id = ANY (part))
                  AND (plan.endpoint IS NULL OR d.endpoint = plan.endpoint)
                  AND (plan.since IS NULL OR d.received_at >= plan.since)
                  AND (plan.until IS NULL OR d.received_at < plan.until)
                  AND d.source || '@' || d.endpoint || ':' || coalesce(d.event_type, '') = ANY (kinds)
                ORDER BY d.id
            LOOP
                wanted_type := match.event_type;
                IF wanted_type IS NULL AND typed_ids IS NOT NULL AND match.source NOT IN ('sql', 'unverified') THEN
                    place := array_position(typed_ids, match.id);
                    IF place IS NULL THEN
                        reached := least(reached, match.id - 1);
                        untyped := untyped || match.id;
                        EXIT WHEN cardinality(untyped) >= most_untyped;
                        CONTINUE;
                    END IF;
                    wanted_type := nullif(typed_types[place], '');
                END IF;
                CONTINUE WHEN untyped <> '{}' OR plan.event_type IS NOT NULL AND wanted_type IS DISTINCT FROM plan.event_type;
                FOREACH name IN ARRAY postroom.handlers_wanting(match.source, match.endpoint, wanted_type,
                                                              plan.handler) LOOP
                    ids := ids || match.id;
                    times := times || match.received_at;
                    handlers := handlers || name;
                END LOOP;
                IF moved_now + cardinality(ids) >= most THEN
                    reached := match.id;
                    EXIT;
                END IF;
            END LOOP;
            IF ids <> '{}' THEN
                moved_now := moved_now + postroom.owe_deliveries(ids, times, handlers, plan.id);
            END IF;
        END IF;

        -- Ids lie about evenly.
        looked_now := looked_now + CASE WHEN reached >= upper THEN seen
            ELSE ceil(seen * (reached - plan.cursor)::float8 / greatest(upper - plan.cursor, 1)) END;
        plan.cursor := reached;
    END LOOP;

    waits := waits OR plan.has_walked AND plan.skipped_id IS NOT NULL;
    goes_on := NOT plan.has_walked AND NOT waits;
    plan.note := NULL;
    IF waits THEN
        SELECT coalesce(array_agg(c.handler), '{}'),
               format('waits for the first %s of %s to be tried', canary_count, string_agg(
                   c.handler || coalesce(' (' || c.obstacle || ')', ''), ', ' ORDER BY c.handler))
        INTO plan.held_handlers, plan.note
        FROM postroom.canary_results(plan.canaries, plan.canary_handlers) c WHERE c.moved >= canary_count;
    END IF;
    UPDATE postroom.replay r
    SET cursor = plan.cursor, moved = r.moved + moved_now, looked = r.looked + looked_now,
        last_id = plan.last_id, has_walked = plan.has_walked, skipped_id = plan.skipped_id,
        canaries = plan.canaries, canary_handlers = plan.canary_handlers, proven_handlers = plan.proven_handlers,
        held_handlers = plan.held_handlers, note = plan.note, is_proven = plan.is_proven,
        advanced_at = CASE WHEN moved_now > 0 THEN now() ELSE r.advanced_at END,
        state = CASE WHEN goes_on OR waits THEN r.state ELSE 'done' END,
        finished_at = CASE WHEN goes_on OR waits THEN NULL ELSE now() END
    WHERE r.id = plan.id;
END $$;
