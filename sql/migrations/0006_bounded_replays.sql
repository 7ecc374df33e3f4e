-- Replays in bounded steps, canaries by handler, and groups of dead letters that take no memory.
-- Works with programs from version 3.
-- Takes ACCESS EXCLUSIVE on postroom.replay for a moment; an older program that is in the middle of a step holds it up, and
-- then the migration fails after 2 s and can be repeated. Functions and a view are replaced, which locks nothing else.

ALTER TABLE postroom.replay
    ADD COLUMN looked          bigint   NOT NULL DEFAULT 0,
    ADD COLUMN last_id         bigint,
    ADD COLUMN skipped_shard   smallint,
    ADD COLUMN skipped_id      bigint,
    ADD COLUMN held_handlers   text[]   NOT NULL DEFAULT '{}',
    ADD COLUMN proven_handlers text[]   NOT NULL DEFAULT '{}',
    ADD CONSTRAINT replay_skips_from_a_place CHECK ((skipped_shard IS NULL) = (skipped_id IS NULL));
COMMENT ON TABLE postroom.replay IS
    'Replays that people asked for. The inbox moves rate pairs a second; shard and cursor say how far it is.';
COMMENT ON COLUMN postroom.replay.looked IS 'How many letters or deliveries were looked at, whether they matched or not.';
COMMENT ON COLUMN postroom.replay.last_id IS 'Where the walk of the present shard ends: the highest id when it began.';
COMMENT ON COLUMN postroom.replay.skipped_id IS
    'With skipped_shard: behind which id the first letter was left for later, because its handler had to prove itself.';
COMMENT ON COLUMN postroom.replay.held_handlers IS 'The handlers that had not proved themselves when the walk came to its end.';
COMMENT ON COLUMN postroom.replay.proven_handlers IS 'The handlers of which at least half of the canaries ended well.';
COMMENT ON COLUMN postroom.replay.canaries IS
    'The deliveries of the first dead letters of each handler, with canary_handlers, until they were tried. Unless most of them end well, the replay is paused.';
COMMENT ON COLUMN postroom.replay.advanced_at IS 'When it last moved something; its rate is counted from there.';

-- How the canaries of a replay fare at each handler: `failed` have failed again, `open` have not been tried yet.
-- `obstacle` says why they may stay open for long, or is null.
CREATE FUNCTION postroom.canary_results(canaries bigint[], handlers text[])
RETURNS TABLE (handler text, moved bigint, failed bigint, open bigint, obstacle text)
LANGUAGE sql STABLE AS $$
    SELECT c.handler, count(*),
           count(*) FILTER (WHERE d.id IS NOT NULL OR r.failed_attempts > r.forgiven_attempts),
           count(*) FILTER (WHERE d.id IS NULL AND r.failed_attempts = r.forgiven_attempts),
           CASE
               WHEN (SELECT h.paused_at FROM postroom.handler h WHERE h.name = c.handler) IS NOT NULL THEN 'it is paused'
               WHEN NOT EXISTS (SELECT FROM postroom.worker w WHERE c.handler = ANY (w.handlers)) THEN 'no worker has it'
           END
    FROM unnest(canary_results.canaries, canary_results.handlers) AS c (delivery_id, handler)
    CROSS JOIN postroom.inbox i
    LEFT JOIN postroom.retry r ON r.shard = ANY (ARRAY(SELECT generate_series(0, i.shards - 1)::smallint))
        AND r.delivery_id = c.delivery_id AND r.handler = c.handler
    LEFT JOIN postroom.dead_letter d ON d.shard = ANY (ARRAY(SELECT generate_series(0, i.shards - 1)::smallint))
        AND d.delivery_id = c.delivery_id AND d.handler = c.handler
    GROUP BY c.handler
$$;

-- Puts letters back among what is owed, with their deliveries where retention dropped those, and returns how many.
-- A delivery that is kept in the default partition is touched first: whoever deletes expired rows there at the same moment
-- either has deleted it, and then it is stored again, or finds that it has changed and leaves it.
CREATE FUNCTION postroom.owe_letters(shard smallint, ids bigint[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    made bigint;
BEGIN
    UPDATE postroom.delivery_default d SET source = d.source
    WHERE d.shard = owe_letters.shard AND d.id = ANY (ARRAY(
        SELECT l.delivery_id FROM postroom.dead_letter l
        WHERE l.shard = owe_letters.shard AND l.id = ANY (owe_letters.ids) ORDER BY l.delivery_id));
    WITH letter AS (
        DELETE FROM postroom.dead_letter d WHERE d.shard = owe_letters.shard AND d.id = ANY (owe_letters.ids)
        RETURNING d.*
    ), kept AS (
        INSERT INTO postroom.delivery
            (shard, id, received_at, endpoint, source, event_type, idempotency_key, headers, body)
        SELECT DISTINCT ON (l.delivery_id)
            l.shard, l.delivery_id, l.received_at, l.endpoint, l.source, l.event_type, l.idempotency_key, l.headers, l.body
        FROM letter l
        ON CONFLICT DO NOTHING
    ), owed AS (
        -- What took the process down goes on running alone.
        INSERT INTO postroom.retry
            (shard, delivery_id, handler, received_at, failed_attempts, forgiven_attempts, due_at, deaths)
        SELECT l.shard, l.delivery_id, l.handler, l.received_at, l.failed_attempts, l.failed_attempts, now(),
               CASE l.reason WHEN 'crash' THEN 2 ELSE 0 END
        FROM letter l
        ON CONFLICT DO NOTHING
    )
    SELECT count(*) INTO made FROM letter;
    RETURN made;
END $$;

-- Makes pairs of kept deliveries owed, takes their letters along, and returns how many came to be owed that were not. The
-- arrays name one pair at each place. What the default partition keeps, `strays`, is touched first, as by owe_letters, and
-- what is gone from there by then is left out.
CREATE FUNCTION postroom.owe_deliveries(
    shard smallint, ids bigint[], times timestamptz[], handlers text[], strays bigint[]
) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    made bigint;
    gone bigint[] := strays;
BEGIN
    IF cardinality(strays) > 0 THEN
        WITH touched AS (
            UPDATE postroom.delivery_default d SET source = d.source
            WHERE d.shard = owe_deliveries.shard AND d.id = ANY (owe_deliveries.strays) RETURNING d.id
        )
        SELECT ARRAY(SELECT unnest(strays) EXCEPT SELECT t.id FROM touched t) INTO gone;
    END IF;
    WITH wanted AS (
        SELECT w.* FROM unnest(owe_deliveries.ids, owe_deliveries.times, owe_deliveries.handlers)
            AS w (id, received_at, handler)
        WHERE w.id <> ALL (gone)
    ), letter AS (
        DELETE FROM postroom.dead_letter d USING wanted w
        WHERE d.shard = owe_deliveries.shard AND d.delivery_id = w.id AND d.handler = w.handler
        RETURNING d.delivery_id, d.handler, d.failed_attempts, d.reason
    ), owed AS (
        INSERT INTO postroom.retry
            (shard, delivery_id, handler, received_at, failed_attempts, forgiven_attempts, due_at, deaths)
        SELECT owe_deliveries.shard, w.id, w.handler, w.received_at,
               coalesce(l.failed_attempts, 0), coalesce(l.failed_attempts, 0), now(),
               CASE l.reason WHEN 'crash' THEN 2 ELSE 0 END
        FROM wanted w LEFT JOIN letter l ON l.delivery_id = w.id AND l.handler = w.handler
        ON CONFLICT DO NOTHING
        RETURNING 1
    )
    SELECT count(*) INTO made FROM owed;
    RETURN made;
END $$;

-- The handlers that want deliveries of that source and type, of those that a replay is for; null means all.
CREATE FUNCTION postroom.handlers_wanting(source text, event_type text, handler text) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT ARRAY(
        SELECT h.name FROM postroom.handler h
        WHERE h.removed_at IS NULL AND (handlers_wanting.handler IS NULL OR h.name = handlers_wanting.handler)
          AND EXISTS (SELECT FROM unnest(h.patterns) AS p (pattern)
                      WHERE postroom.pattern_matches(p.pattern, handlers_wanting.source, handlers_wanting.event_type)))
$$;

-- Whether any of those handlers wants anything of that source.
CREATE FUNCTION postroom.wants_source(source text, handler text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM postroom.handler h, unnest(h.patterns) AS p (pattern)
        WHERE h.removed_at IS NULL AND (wants_source.handler IS NULL OR h.name = wants_source.handler)
          AND split_part(p.pattern, ':', 1) IN ('*', wants_source.source))
$$;

-- Takes one step of a replay: looks at up to `span` letters or deliveries in the order of their ids, moves up to about
-- `most` pairs of those that match, and keeps the place that it came to, whether anything matched or not.
--
-- It locks the plan, so that two callers take turns. Of dead letters the first 20 of each handler go alone, as canaries;
-- further letters of that handler are left for later until those were tried, and the letters of other handlers go on. If
-- more than half of a handler's canaries fail again, the replay is paused instead of sending everything after them. Who
-- resumes it has decided that the rest goes all the same. Letters of removed handlers stay: nobody would try them.
--
-- A delivery that was stored without a type may have one by today's rules. A caller that can read it gives `typed_ids` and
-- `typed_types`, empty at first; a step stops before a delivery that is not among them and returns it in `untyped`, with
-- some of the next ones. A type of '' says that there is none. Without `typed_ids` the stored type alone counts.
--
-- `moved_now` counts the pairs that came to be owed, `looked_now` about what was looked at; `goes_on` says that there is
-- more to look at now.
CREATE FUNCTION postroom.step_replay(
    replay bigint, most integer, span integer, typed_ids bigint[], typed_types text[],
    OUT moved_now bigint, OUT looked_now bigint, OUT goes_on boolean, OUT untyped bigint[]
)
LANGUAGE plpgsql
-- Only index scans in the order of the index are bounded, and only plans that know the place leave partitions out. What is
-- switched off costs so much in the planner's eyes that it would compile every plan.
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    canary_count CONSTANT integer := 20;
    most_untyped CONSTANT integer := 256;
    shards integer := (SELECT i.shards FROM postroom.inbox i);
    plan postroom.replay;
    canary record;
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
    strays bigint[];
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

    IF plan.kind = 'dead-letters' AND NOT plan.is_proven THEN
        FOR canary IN SELECT * FROM postroom.canary_results(plan.canaries, plan.canary_handlers) c ORDER BY c.handler LOOP
            IF canary.failed * 2 > canary_count THEN
                UPDATE postroom.replay r
                SET state = 'paused', is_proven = true,
                    note = format('%s of the first %s of %s failed again; resume it once the cause is mended, or cancel it',
                                  canary.failed, canary_count, canary.handler)
                WHERE r.id = plan.id;
                INSERT INTO postroom.audit (actor, action, detail)
                VALUES ('postroom', 'replay_paused', jsonb_build_object(
                    'replay', plan.id, 'handler', canary.handler, 'failed', canary.failed));
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
    IF plan.shard >= shards AND plan.skipped_id IS NOT NULL
       AND (plan.is_proven OR EXISTS (
           SELECT FROM unnest(plan.held_handlers) AS h (name) WHERE (rooms ->> h.name)::integer IS DISTINCT FROM 0)) THEN
        -- A handler for which letters were left has proved itself since.
        plan.shard := plan.skipped_shard;
        plan.cursor := plan.skipped_id;
        plan.last_id := NULL;
        plan.skipped_shard := NULL;
        plan.skipped_id := NULL;
    END IF;

    -- Retention waits for this, or is waited for. What follows sees what is there then, and it stays.
    PERFORM pg_advisory_xact_lock_shared(hashtext('postroom.retention'));
    LOCK TABLE postroom.delivery IN ROW EXCLUSIVE MODE;
    IF plan.kind = 'deliveries' THEN
        -- Whole days, by which partitions are left out: a time within a day says little about where among the ids it is.
        lowest := coalesce(date_trunc('day', plan.since AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', lowest);
        highest := coalesce((date_trunc('day', plan.until AT TIME ZONE 'UTC') + interval '1 day') AT TIME ZONE 'UTC', highest);
    END IF;

    WHILE plan.shard < shards AND looked_now < span AND moved_now < most AND untyped = '{}' AND NOT waits LOOP
        -- Where this look ends: `upper`, the id of the last of `seen` rows.
        IF plan.ids IS NOT NULL THEN
            part := ARRAY(SELECT DISTINCT i.id FROM unnest(plan.ids) AS i (id)
                          WHERE i.id > plan.cursor ORDER BY i.id LIMIT span - looked_now);
            seen := cardinality(part);
            upper := part[seen];
        ELSIF plan.kind = 'dead-letters' THEN
            IF plan.last_id IS NULL THEN
                SELECT coalesce(max(l.id), 0) INTO plan.last_id FROM postroom.dead_letter l WHERE l.shard = plan.shard;
            END IF;
            SELECT count(*), max(w.id) INTO seen, upper FROM (
                SELECT l.id FROM postroom.dead_letter l
                WHERE l.shard = plan.shard AND l.id > plan.cursor AND l.id <= plan.last_id
                ORDER BY l.id LIMIT span - looked_now) AS w;
        ELSE
            IF plan.last_id IS NULL THEN
                SELECT coalesce(max(d.id), 0) INTO plan.last_id FROM postroom.delivery d WHERE d.shard = plan.shard;
            END IF;
            SELECT count(*), max(w.id) INTO seen, upper FROM (
                SELECT d.id FROM postroom.delivery d
                WHERE d.shard = plan.shard AND d.id > plan.cursor AND d.id <= plan.last_id
                  AND d.received_at >= lowest AND d.received_at < highest
                ORDER BY d.id LIMIT span - looked_now) AS w;
        END IF;
        IF seen = 0 THEN
            plan.shard := plan.shard + 1;
            plan.cursor := 0;
            plan.last_id := NULL;
            CONTINUE;
        END IF;
        reached := upper;
        ids := '{}';
        times := '{}';
        handlers := '{}';
        strays := '{}';

        IF plan.kind = 'dead-letters' THEN
            FOR match IN
                SELECT l.id, l.delivery_id, l.handler FROM postroom.dead_letter l
                WHERE l.shard = plan.shard AND l.id > plan.cursor AND l.id <= upper AND l.died_at <= plan.requested_at
                  AND (part IS NULL OR l.id = ANY (part))
                  AND (plan.handler IS NULL OR l.handler = plan.handler)
                  AND (plan.event_type IS NULL OR l.event_type = plan.event_type)
                  AND (plan.endpoint IS NULL OR l.endpoint = plan.endpoint)
                  AND (plan.reason IS NULL OR l.reason = plan.reason)
                  AND (plan.since IS NULL OR l.died_at >= plan.since)
                  AND (plan.until IS NULL OR l.died_at < plan.until)
                  AND NOT EXISTS (SELECT FROM postroom.handler h WHERE h.name = l.handler AND h.removed_at IS NOT NULL)
                ORDER BY l.id
            LOOP
                IF NOT plan.is_proven AND match.handler <> ALL (plan.proven_handlers) THEN
                    room := coalesce((rooms ->> match.handler)::integer, canary_count);
                    IF room = 0 AND plan.handler IS NOT NULL THEN
                        -- All others are of this handler too.
                        reached := match.id - 1;
                        waits := true;
                        EXIT;
                    ELSIF room = 0 THEN
                        IF plan.skipped_id IS NULL THEN
                            plan.skipped_shard := plan.shard;
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
                moved_now := moved_now + postroom.owe_letters(plan.shard, ids);
            END IF;
        ELSE
            -- Kinds are few, and what is asked of each once need not be asked of each delivery.
            WITH kind AS MATERIALIZED (
                SELECT DISTINCT d.source, d.event_type FROM postroom.delivery d
                WHERE d.shard = plan.shard AND d.id > plan.cursor AND d.id <= upper
                  AND d.received_at >= lowest AND d.received_at < highest
                  AND (part IS NULL OR d.id = ANY (part))
                  AND (plan.event_type IS NULL OR d.event_type = plan.event_type
                       OR d.event_type IS NULL AND typed_ids IS NOT NULL)
                  AND (plan.endpoint IS NULL OR d.endpoint = plan.endpoint)
            )
            SELECT coalesce(array_agg(k.source || ':' || coalesce(k.event_type, '')), '{}') INTO kinds FROM kind k
            WHERE CASE
                WHEN k.event_type IS NULL AND typed_ids IS NOT NULL THEN postroom.wants_source(k.source, plan.handler)
                ELSE postroom.handlers_wanting(k.source, k.event_type, plan.handler) <> '{}'
            END;
            FOR match IN
                SELECT d.id, d.received_at, d.source, d.event_type,
                       d.tableoid = 'postroom.delivery_default'::regclass AS is_stray
                FROM postroom.delivery d
                WHERE kinds <> '{}' AND d.shard = plan.shard AND d.id > plan.cursor AND d.id <= upper
                  AND d.received_at >= lowest AND d.received_at < highest AND d.received_at <= plan.requested_at
                  AND (part IS NULL OR d.id = ANY (part))
                  AND (plan.endpoint IS NULL OR d.endpoint = plan.endpoint)
                  AND (plan.since IS NULL OR d.received_at >= plan.since)
                  AND (plan.until IS NULL OR d.received_at < plan.until)
                  AND d.source || ':' || coalesce(d.event_type, '') = ANY (kinds)
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
                FOREACH name IN ARRAY postroom.handlers_wanting(match.source, wanted_type, plan.handler) LOOP
                    ids := ids || match.id;
                    times := times || match.received_at;
                    handlers := handlers || name;
                END LOOP;
                IF match.is_stray THEN
                    strays := strays || match.id;
                END IF;
                IF moved_now + cardinality(ids) >= most THEN
                    reached := match.id;
                    EXIT;
                END IF;
            END LOOP;
            IF ids <> '{}' THEN
                moved_now := moved_now + postroom.owe_deliveries(plan.shard, ids, times, handlers, strays);
            END IF;
        END IF;

        -- Ids lie about evenly.
        looked_now := looked_now + CASE WHEN reached >= upper THEN seen
            ELSE ceil(seen * (reached - plan.cursor)::float8 / greatest(upper - plan.cursor, 1)) END;
        plan.cursor := reached;
    END LOOP;

    waits := waits OR plan.shard >= shards AND plan.skipped_id IS NOT NULL;
    goes_on := plan.shard < shards AND NOT waits;
    plan.note := NULL;
    IF waits THEN
        SELECT coalesce(array_agg(c.handler), '{}'),
               format('waits for the first %s of %s to be tried', canary_count, string_agg(
                   c.handler || coalesce(' (' || c.obstacle || ')', ''), ', ' ORDER BY c.handler))
        INTO plan.held_handlers, plan.note
        FROM postroom.canary_results(plan.canaries, plan.canary_handlers) c WHERE c.moved >= canary_count;
    END IF;
    UPDATE postroom.replay r
    SET shard = plan.shard, cursor = plan.cursor, moved = r.moved + moved_now, looked = r.looked + looked_now,
        last_id = plan.last_id, skipped_shard = plan.skipped_shard, skipped_id = plan.skipped_id,
        canaries = plan.canaries, canary_handlers = plan.canary_handlers, proven_handlers = plan.proven_handlers,
        held_handlers = plan.held_handlers, note = plan.note,
        advanced_at = CASE WHEN moved_now > 0 THEN now() ELSE r.advanced_at END,
        state = CASE WHEN goes_on OR waits THEN r.state ELSE 'done' END,
        finished_at = CASE WHEN goes_on OR waits THEN NULL ELSE now() END
    WHERE r.id = plan.id;
END $$;

-- What older programs call: the same step with a fixed span, and by the stored types alone.
CREATE OR REPLACE FUNCTION postroom.advance_replay(replay bigint, most integer) RETURNS bigint
LANGUAGE sql AS $$ SELECT s.moved_now FROM postroom.step_replay(replay, most, 10000, NULL, NULL) AS s $$;
DROP FUNCTION IF EXISTS postroom.canary_result(postroom.replay);

-- The newest letter of each group is looked up, not carried through the grouping with all other errors.
CREATE OR REPLACE VIEW postroom.dead_letter_groups AS
SELECT g.handler, g.reason, g.fingerprint, g.letters, g.first_died_at, g.last_died_at, l.error AS last_error, g.last_id
FROM (
    SELECT handler, reason, fingerprint, count(*) AS letters, min(died_at) AS first_died_at,
           max(died_at) AS last_died_at, max(id) AS last_id
    FROM postroom.dead_letter GROUP BY handler, reason, fingerprint
) AS g
CROSS JOIN LATERAL (
    SELECT d.error FROM postroom.dead_letter d
    WHERE d.shard = ANY (ARRAY(SELECT generate_series(0, i.shards - 1)::smallint FROM postroom.inbox i)) AND d.id = g.last_id
    LIMIT 1
) AS l
ORDER BY g.letters DESC;

-- Lists -----------------------------------------------------------------------------------------------------------

-- Where each delivery stands.
CREATE FUNCTION postroom.delivery_state(shard smallint, id bigint) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN EXISTS (SELECT FROM postroom.batch b
                     WHERE b.shard = delivery_state.shard AND b.id = delivery_state.id >> 8) THEN 'queued'
        WHEN EXISTS (SELECT FROM postroom.retry r
                     WHERE r.shard = delivery_state.shard AND r.delivery_id = delivery_state.id) THEN 'owed'
        WHEN EXISTS (SELECT FROM postroom.dead_letter l
                     WHERE l.shard = delivery_state.shard AND l.delivery_id = delivery_state.id) THEN 'dead'
        ELSE 'settled'
    END
$$;

-- How far back one looks who looks at about `span` kept deliveries with lower ids than `before`: down to `reached`, or to
-- the end where that is null. Partitions of other days than a filter wants are left out, and the end is where the newest
-- one that was looked at came an hour before what is wanted: ids are given within a transaction, whose time counts.
CREATE FUNCTION postroom.look_at_deliveries(
    before bigint, span integer, since timestamptz, until timestamptz, OUT reached bigint, OUT looked bigint
)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    part record;
    home smallint;
    lowest timestamptz := coalesce(date_trunc('day', since AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', '-infinity');
    highest timestamptz :=
        coalesce((date_trunc('day', until AT TIME ZONE 'UTC') + interval '1 day') AT TIME ZONE 'UTC', 'infinity');
    newest timestamptz;
BEGIN
    looked := 0;
    FOR home IN SELECT generate_series(0, i.shards - 1) FROM postroom.inbox i LOOP
        SELECT count(*) AS looked, min(w.id) AS lowest, max(w.received_at) AS newest INTO part FROM (
            SELECT d.id, d.received_at FROM postroom.delivery d
            WHERE d.shard = home AND d.id < before AND d.received_at >= lowest AND d.received_at < highest
            ORDER BY d.id DESC LIMIT span) AS w;
        looked := looked + part.looked;
        newest := greatest(newest, part.newest);
        IF part.looked = span THEN
            reached := greatest(reached, part.lowest);
        END IF;
    END LOOP;
    IF newest < since - interval '1 hour' THEN
        reached := NULL;
    END IF;
END $$;

-- Looks for kept deliveries, newest first, among about `span` of them with lower ids than `before`. The first row says how
-- far it looked, as look_at_deliveries does; up to `most` that match follow. Those of the state `unreadable` have no type,
-- though their source may promise one: whoever asks can tell by their bodies.
CREATE FUNCTION postroom.find_deliveries(
    before bigint, span integer, most integer, ids bigint[], endpoint text, event_type text,
    since timestamptz, until timestamptz, state text
)
RETURNS TABLE (reached bigint, looked bigint, found_id bigint, found_at timestamptz, found_endpoint text,
               found_source text, found_type text, found_key text, found_bytes integer, found_state text)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    look record;
    everywhere smallint[] := ARRAY(SELECT generate_series(0, i.shards - 1)::smallint FROM postroom.inbox i);
BEGIN
    IF ids IS NULL THEN
        SELECT w.reached, w.looked INTO look FROM postroom.look_at_deliveries(before, span, since, until) AS w;
    ELSE
        SELECT NULL::bigint AS reached, cardinality(ids)::bigint AS looked INTO look;
    END IF;
    reached := look.reached;
    looked := look.looked;
    RETURN NEXT;
    RETURN QUERY
        SELECT look.reached, look.looked, m.id, m.received_at, m.endpoint, m.source, m.event_type, m.idempotency_key,
               length(m.body), postroom.delivery_state(m.shard, m.id)
        FROM unnest(everywhere) AS s (shard)
        CROSS JOIN LATERAL (
            SELECT d.* FROM postroom.delivery d
            WHERE d.shard = s.shard AND d.id < before AND d.id >= coalesce(look.reached, 0)
              AND (find_deliveries.ids IS NULL OR d.id = ANY (find_deliveries.ids))
              AND (find_deliveries.endpoint IS NULL OR d.endpoint = find_deliveries.endpoint)
              AND (find_deliveries.event_type IS NULL OR d.event_type = find_deliveries.event_type)
              AND d.received_at >= coalesce(since, '-infinity') AND d.received_at < coalesce(until, 'infinity')
              AND CASE
                  WHEN find_deliveries.state IS NULL THEN true
                  WHEN find_deliveries.state = 'unreadable' THEN
                      d.event_type IS NULL AND d.source NOT IN ('sql', 'unverified')
                  ELSE postroom.delivery_state(d.shard, d.id) = find_deliveries.state
              END
            ORDER BY d.id DESC LIMIT most
        ) AS m
        ORDER BY m.id DESC LIMIT most;
END $$;

-- Counts the kept deliveries that match, among about `span` of them with lower ids than `before`.
CREATE FUNCTION postroom.count_deliveries(
    before bigint, span integer, ids bigint[], endpoint text, event_type text, since timestamptz, until timestamptz,
    OUT reached bigint, OUT looked bigint, OUT deliveries bigint
)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    IF ids IS NULL THEN
        SELECT w.reached, w.looked INTO reached, looked
        FROM postroom.look_at_deliveries(before, span, since, until) AS w;
    ELSE
        looked := cardinality(ids);
    END IF;
    SELECT count(*) INTO deliveries FROM postroom.delivery d
    WHERE d.shard = ANY (ARRAY(SELECT generate_series(0, i.shards - 1)::smallint FROM postroom.inbox i))
      AND d.id < before AND d.id >= coalesce(count_deliveries.reached, 0)
      AND (count_deliveries.ids IS NULL OR d.id = ANY (count_deliveries.ids))
      AND (count_deliveries.endpoint IS NULL OR d.endpoint = count_deliveries.endpoint)
      AND (count_deliveries.event_type IS NULL OR d.event_type = count_deliveries.event_type)
      AND d.received_at >= coalesce(since, '-infinity') AND d.received_at < coalesce(until, 'infinity');
END $$;

-- How far back one looks who looks at about `span` dead letters with lower numbers than `before`.
CREATE FUNCTION postroom.look_at_letters(before bigint, span integer, OUT reached bigint, OUT looked bigint)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    part record;
    home smallint;
BEGIN
    looked := 0;
    FOR home IN SELECT generate_series(0, i.shards - 1) FROM postroom.inbox i LOOP
        SELECT count(*) AS looked, min(w.id) AS lowest INTO part FROM (
            SELECT l.id FROM postroom.dead_letter l WHERE l.shard = home AND l.id < before
            ORDER BY l.id DESC LIMIT span) AS w;
        looked := looked + part.looked;
        IF part.looked = span THEN
            reached := greatest(reached, part.lowest);
        END IF;
    END LOOP;
END $$;

-- The dead letters that match, with numbers from `lowest` on and below `before`, newest first.
CREATE FUNCTION postroom.matching_letters(
    before bigint, lowest bigint, most integer, ids bigint[], handler text, event_type text, endpoint text, reason text,
    since timestamptz, until timestamptz
)
RETURNS SETOF postroom.dead_letter
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    RETURN QUERY
        SELECT m.* FROM postroom.inbox i
        CROSS JOIN LATERAL generate_series(0, i.shards - 1) AS s (shard)
        CROSS JOIN LATERAL (
            SELECT l.* FROM postroom.dead_letter l
            WHERE l.shard = s.shard::smallint AND l.id < before AND l.id >= lowest
              AND (matching_letters.ids IS NULL OR l.id = ANY (matching_letters.ids))
              AND (matching_letters.handler IS NULL OR l.handler = matching_letters.handler)
              AND (matching_letters.event_type IS NULL OR l.event_type = matching_letters.event_type)
              AND (matching_letters.endpoint IS NULL OR l.endpoint = matching_letters.endpoint)
              AND (matching_letters.reason IS NULL OR l.reason = matching_letters.reason)
              AND (since IS NULL OR l.died_at >= since) AND (until IS NULL OR l.died_at < until)
            ORDER BY l.id DESC LIMIT most
        ) AS m
        ORDER BY m.id DESC LIMIT most;
END $$;

-- Deletes the dead letters that match, among about `span` with lower numbers than `before`, and says how far it looked.
-- The first look, from the highest number of all, checks the filter.
CREATE FUNCTION postroom.discard_letters(
    before bigint, span integer, ids bigint[], handler text, event_type text, endpoint text, reason text,
    since timestamptz, until timestamptz, everything boolean, OUT reached bigint, OUT discarded bigint
)
LANGUAGE plpgsql AS $$
BEGIN
    IF before = 9223372036854775807 THEN
        PERFORM postroom.check_filter(handler, event_type, endpoint, reason, since, until, ids, everything);
    END IF;
    IF ids IS NULL THEN
        SELECT w.reached INTO reached FROM postroom.look_at_letters(before, span) AS w;
    END IF;
    DELETE FROM postroom.dead_letter d USING (
        SELECT m.shard, m.id FROM postroom.matching_letters(
            before, coalesce(discard_letters.reached, 0), 2147483647, discard_letters.ids, discard_letters.handler,
            discard_letters.event_type, discard_letters.endpoint, discard_letters.reason, since, until) AS m
    ) AS m
    WHERE d.shard = m.shard AND d.id = m.id;
    GET DIAGNOSTICS discarded = ROW_COUNT;
    IF discarded > 0 THEN
        INSERT INTO postroom.audit (action, detail)
        VALUES ('discard_dead_letters', jsonb_strip_nulls(jsonb_build_object(
            'handler', discard_letters.handler, 'event_type', discard_letters.event_type,
            'endpoint', discard_letters.endpoint, 'reason', discard_letters.reason, 'since', since, 'until', until,
            'ids', discard_letters.ids, 'discarded', discarded)));
    END IF;
END $$;
