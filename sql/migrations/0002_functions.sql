-- What people and the inbox call by name: enqueue, pause and resume, replay and discard, partitions and retention.
-- Locks nothing that exists: it only creates.

CREATE FUNCTION postroom.error_fingerprint(error text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN left(md5(regexp_replace(left(error, 512), '[0-9a-fA-F]{8,}|[0-9]+', '#', 'g')), 12);

-- The failed attempts of a pair that are on record, as a dead letter keeps them.
CREATE FUNCTION postroom.failure_history(shard smallint, delivery_id bigint, handler text) RETURNS jsonb
LANGUAGE sql STABLE
RETURN coalesce(
    (SELECT jsonb_agg(jsonb_build_object(
                'attempt', f.attempt, 'at', f.failed_at, 'seconds', extract(epoch FROM f.duration), 'error', f.error)
            ORDER BY f.attempt)
     FROM postroom.failed_attempt f
     WHERE f.shard = failure_history.shard AND f.delivery_id = failure_history.delivery_id
       AND f.handler = failure_history.handler),
    '[]'::jsonb);

CREATE FUNCTION postroom.key_hash(endpoint text, idempotency_key text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN encode(substring(sha256(convert_to(endpoint, 'UTF8') || '\x00'::bytea || convert_to(idempotency_key, 'UTF8'))
                        FROM 1 FOR 16), 'hex')::uuid;

CREATE FUNCTION postroom.shard_of(key_hash uuid, shards smallint) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((get_byte(uuid_send(key_hash), 0) * 256 + get_byte(uuid_send(key_hash), 1)) % shards)::smallint;

-- What nobody vouches for matches no pattern.
CREATE FUNCTION postroom.pattern_matches(pattern text, source text, event_type text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN source <> 'unverified' AND (split_part(pattern, ':', 1) IN ('*', source))
   AND (substring(pattern FROM position(':' IN pattern) + 1) = '*'
        OR coalesce(event_type LIKE replace(replace(replace(replace(
               substring(pattern FROM position(':' IN pattern) + 1),
               '\', '\\'), '%', '\%'), '_', '\_'), '*', '%'), false));

-- Since when workers can have said that they live: nobody is silent while the server itself is down.
CREATE FUNCTION postroom.server_started_at() RETURNS timestamptz
LANGUAGE sql STABLE
RETURN pg_postmaster_start_time();

-- Stores a delivery in the caller's own transaction, and wakes the workers when that commits.
CREATE FUNCTION postroom.enqueue(
    endpoint text, event_type text, body text, idempotency_key text DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    key text := coalesce(enqueue.idempotency_key, gen_random_uuid()::text);
    hash uuid;
    home smallint;
    batch bigint;
    known bigint;
BEGIN
    IF coalesce(enqueue.endpoint, '') = '' OR length(enqueue.endpoint) > 64 THEN
        RAISE EXCEPTION 'enqueue needs an endpoint of 1 to 64 characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF enqueue.body IS NULL THEN
        RAISE EXCEPTION 'enqueue needs a body; an empty one is ''''' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF key = '' OR octet_length(key) > 512 THEN
        RAISE EXCEPTION 'an idempotency key has 1 to 512 bytes, this one %', octet_length(key)
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    hash := postroom.key_hash(enqueue.endpoint, key);
    SELECT postroom.shard_of(hash, shards) INTO STRICT home FROM postroom.inbox;
    LOOP
        batch := nextval('postroom.batch_id');
        INSERT INTO postroom.idempotency_key (shard, key_hash, delivery_id, received_at)
        VALUES (home, hash, batch * 256, now()) ON CONFLICT DO NOTHING;
        EXIT WHEN FOUND;
        SELECT k.delivery_id INTO known FROM postroom.idempotency_key k WHERE k.shard = home AND k.key_hash = hash;
        IF FOUND THEN
            RETURN known;
        END IF;
    END LOOP;
    INSERT INTO postroom.delivery
        (shard, id, received_at, endpoint, source, event_type, idempotency_key, headers, body)
    VALUES (home, batch * 256, now(), enqueue.endpoint, 'sql', enqueue.event_type, key, '', convert_to(enqueue.body, 'UTF8'));
    INSERT INTO postroom.batch (shard, id, received_at, delivery_count, byte_count)
    VALUES (home, batch, now(), 1, octet_length(enqueue.body));
    PERFORM pg_notify('postroom', '');
    RETURN batch * 256;
END $$;

-- Handlers -------------------------------------------------------------------------------------------------------

-- A removed handler's waiting pairs go with the housekeeping; until then nobody claims them.

CREATE FUNCTION postroom.change_handler(change text, handler text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    CASE change
    WHEN 'pause' THEN
        UPDATE postroom.handler SET paused_at = coalesce(paused_at, now())
        WHERE name = change_handler.handler AND removed_at IS NULL;
    WHEN 'resume' THEN
        UPDATE postroom.handler SET paused_at = NULL WHERE name = change_handler.handler AND removed_at IS NULL;
    WHEN 'remove' THEN
        UPDATE postroom.handler SET removed_at = now(), paused_at = NULL
        WHERE name = change_handler.handler AND removed_at IS NULL;
    END CASE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no handler named %', quote_literal(change_handler.handler)
            USING ERRCODE = 'no_data_found', HINT = 'SELECT name FROM postroom.handler lists the handlers.';
    END IF;
    UPDATE postroom.directory SET version = version + 1;
    INSERT INTO postroom.audit (action, detail)
    VALUES (change || '_handler', jsonb_build_object('handler', change_handler.handler));
    PERFORM pg_notify('postroom', 'handlers');
END $$;

CREATE FUNCTION postroom.pause_handler(handler text) RETURNS void
LANGUAGE sql AS $$ SELECT postroom.change_handler('pause', handler) $$;

CREATE FUNCTION postroom.resume_handler(handler text) RETURNS void
LANGUAGE sql AS $$ SELECT postroom.change_handler('resume', handler) $$;

CREATE FUNCTION postroom.remove_handler(handler text) RETURNS void
LANGUAGE sql AS $$ SELECT postroom.change_handler('remove', handler) $$;

-- Deletes up to `most` waiting pairs of handlers that were removed, and returns how many those were. A million at once
-- would outlast every statement_timeout, and then none would go.
CREATE FUNCTION postroom.forget_removed_handlers(most integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    forgotten bigint;
BEGIN
    DELETE FROM postroom.retry WHERE ctid = ANY (ARRAY(
        SELECT r.ctid FROM postroom.handler h
        JOIN postroom.retry r ON r.handler = h.name AND r.worker IS NULL
        WHERE h.removed_at IS NOT NULL
        LIMIT most FOR UPDATE OF r SKIP LOCKED));
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;

-- Dead letters ---------------------------------------------------------------------------------------------------

-- Refuses a filter that names what does not exist, so that a slip of the pen never means everything, or nothing.
CREATE FUNCTION postroom.check_filter(
    handler text, event_type text, endpoint text, reason text,
    since timestamptz, until timestamptz, ids bigint[], everything boolean
) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT everything AND num_nonnulls(handler, event_type, endpoint, reason, since, until, ids) = 0 THEN
        RAISE EXCEPTION 'no filter was given' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Name a handler, event_type, endpoint, reason, since, until or ids, or say everything => true.';
    END IF;
    IF handler IS NOT NULL AND NOT EXISTS (SELECT FROM postroom.handler h WHERE h.name = check_filter.handler)
       AND NOT EXISTS (SELECT FROM postroom.dead_letter d WHERE d.handler = check_filter.handler) THEN
        RAISE EXCEPTION 'there is no handler named %', quote_literal(handler) USING ERRCODE = 'invalid_parameter_value',
            HINT = 'SELECT name FROM postroom.handler lists the handlers.';
    END IF;
    IF reason IS NOT NULL AND reason NOT IN ('exhausted', 'permanent', 'undecodable', 'crash') THEN
        RAISE EXCEPTION 'there is no reason %', quote_literal(reason) USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Reasons are exhausted, permanent, undecodable and crash.';
    END IF;
    IF since > until THEN
        RAISE EXCEPTION 'since (%) is after until (%)', since, until USING ERRCODE = 'invalid_parameter_value';
    END IF;
END $$;

CREATE FUNCTION postroom.replay_dead_letters(
    handler text DEFAULT NULL, event_type text DEFAULT NULL, endpoint text DEFAULT NULL, reason text DEFAULT NULL,
    since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL, ids bigint[] DEFAULT NULL,
    everything boolean DEFAULT false
) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    plan bigint;
BEGIN
    PERFORM postroom.check_filter(handler, event_type, endpoint, reason, since, until, ids, everything);
    INSERT INTO postroom.replay (kind, ids, endpoint, event_type, handler, reason, since, until)
    VALUES ('dead-letters', replay_dead_letters.ids, replay_dead_letters.endpoint, replay_dead_letters.event_type,
            replay_dead_letters.handler, replay_dead_letters.reason, replay_dead_letters.since,
            replay_dead_letters.until)
    RETURNING id INTO plan;
    INSERT INTO postroom.audit (action, detail)
    VALUES ('replay_dead_letters', jsonb_build_object('replay', plan));
    PERFORM pg_notify('postroom', '');
    RETURN plan;
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

CREATE FUNCTION postroom.discard_dead_letters(
    handler text DEFAULT NULL, event_type text DEFAULT NULL, endpoint text DEFAULT NULL, reason text DEFAULT NULL,
    since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL, ids bigint[] DEFAULT NULL,
    everything boolean DEFAULT false
) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    discarded bigint;
BEGIN
    PERFORM postroom.check_filter(handler, event_type, endpoint, reason, since, until, ids, everything);
    DELETE FROM postroom.dead_letter d
    WHERE (discard_dead_letters.handler IS NULL OR d.handler = discard_dead_letters.handler)
      AND (discard_dead_letters.event_type IS NULL OR d.event_type = discard_dead_letters.event_type)
      AND (discard_dead_letters.endpoint IS NULL OR d.endpoint = discard_dead_letters.endpoint)
      AND (discard_dead_letters.reason IS NULL OR d.reason = discard_dead_letters.reason)
      AND (discard_dead_letters.since IS NULL OR d.died_at >= discard_dead_letters.since)
      AND (discard_dead_letters.until IS NULL OR d.died_at < discard_dead_letters.until)
      AND (discard_dead_letters.ids IS NULL OR d.id = ANY (discard_dead_letters.ids));
    GET DIAGNOSTICS discarded = ROW_COUNT;
    INSERT INTO postroom.audit (action, detail)
    VALUES ('discard_dead_letters', jsonb_strip_nulls(jsonb_build_object(
        'handler', discard_dead_letters.handler, 'event_type', discard_dead_letters.event_type,
        'endpoint', discard_dead_letters.endpoint, 'reason', discard_dead_letters.reason,
        'since', discard_dead_letters.since, 'until', discard_dead_letters.until,
        'ids', discard_dead_letters.ids, 'discarded', discarded)));
    RETURN discarded;
END $$;
COMMENT ON FUNCTION postroom.discard_dead_letters IS
    'Deletes the dead letters that match every given filter, and returns how many those were.';

-- Kept deliveries ------------------------------------------------------------------------------------------------

CREATE FUNCTION postroom.replay_deliveries(
    handler text DEFAULT NULL, event_type text DEFAULT NULL, endpoint text DEFAULT NULL,
    since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL, ids bigint[] DEFAULT NULL,
    everything boolean DEFAULT false
) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    plan bigint;
BEGIN
    PERFORM postroom.check_filter(handler, event_type, endpoint, NULL, since, until, ids, everything);
    INSERT INTO postroom.replay (kind, ids, endpoint, event_type, handler, since, until)
    VALUES ('deliveries', replay_deliveries.ids, replay_deliveries.endpoint, replay_deliveries.event_type,
            replay_deliveries.handler, replay_deliveries.since, replay_deliveries.until)
    RETURNING id INTO plan;
    INSERT INTO postroom.audit (action, detail) VALUES ('replay_deliveries', jsonb_build_object('replay', plan));
    PERFORM pg_notify('postroom', '');
    RETURN plan;
END $$;
COMMENT ON FUNCTION postroom.replay_deliveries IS
    'Records a replay of kept deliveries to the handlers that subscribe to them, or to the one named, and returns its number.';

-- How the canaries of a replay fare: `failed` have failed again, `open` have not been tried yet.
CREATE FUNCTION postroom.canary_result(plan postroom.replay, OUT failed bigint, OUT open bigint)
LANGUAGE sql STABLE AS $$
    SELECT count(*) FILTER (WHERE d.id IS NOT NULL OR r.failed_attempts > r.forgiven_attempts),
           count(*) FILTER (WHERE d.id IS NULL AND r.failed_attempts = r.forgiven_attempts)
    FROM unnest(plan.canaries, plan.canary_handlers) AS c (delivery_id, handler)
    CROSS JOIN postroom.inbox i
    LEFT JOIN postroom.retry r ON r.shard = ANY (ARRAY(SELECT generate_series(0, i.shards - 1)::smallint))
        AND r.delivery_id = c.delivery_id AND r.handler = c.handler
    LEFT JOIN postroom.dead_letter d ON d.shard = ANY (ARRAY(SELECT generate_series(0, i.shards - 1)::smallint))
        AND d.delivery_id = c.delivery_id AND d.handler = c.handler
$$;

-- Moves up to `most` pairs of one replay, and returns how many. It locks the plan, so that two callers take turns, and
-- each letter, so that it moves once. A letter whose delivery was dropped by retention brings it back.
-- Of dead letters the first 20 go alone, as canaries: if more than half of them fail again, the replay is paused instead
-- of sending everything after them. Who resumes it has decided that the rest goes all the same.
CREATE FUNCTION postroom.advance_replay(replay bigint, most integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    canary_count CONSTANT integer := 20;
    plan postroom.replay;
    result record;
    last bigint;
    seen bigint;
    made bigint;
    total bigint := 0;
    limited integer := most;
    gone bigint[];
    gone_handlers text[];
BEGIN
    SELECT * INTO plan FROM postroom.replay r WHERE r.id = advance_replay.replay AND r.state = 'running'
    FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    IF plan.kind = 'dead-letters' AND NOT plan.is_proven THEN
        limited := least(most, canary_count - cardinality(plan.canaries));
        IF limited = 0 THEN
            SELECT * INTO result FROM postroom.canary_result(plan);
            IF result.failed * 2 > canary_count THEN
                UPDATE postroom.replay r
                SET state = 'paused', is_proven = true, advanced_at = now(),
                    note = format('%s of the first %s failed again; resume it once the cause is mended, or cancel it',
                                  result.failed, canary_count)
                WHERE r.id = plan.id;
                INSERT INTO postroom.audit (actor, action, detail)
                VALUES ('postroom', 'replay_paused', jsonb_build_object('replay', plan.id, 'failed', result.failed));
                RETURN 0;
            ELSIF result.open > 0 THEN
                UPDATE postroom.replay r SET note = format('waits for the first %s to be tried', canary_count)
                WHERE r.id = plan.id AND r.note IS NULL;
                RETURN 0;
            END IF;
            plan.is_proven := true;
            plan.note := NULL;
            limited := most;
        END IF;
    END IF;
    WHILE total < limited AND plan.shard < (SELECT shards FROM postroom.inbox) LOOP
        IF plan.kind = 'dead-letters' THEN
            WITH letter AS (
                DELETE FROM postroom.dead_letter d
                WHERE d.shard = plan.shard AND d.id = ANY (ARRAY(
                    SELECT p.id FROM postroom.dead_letter p
                    WHERE p.shard = plan.shard AND p.id > plan.cursor AND p.died_at <= plan.requested_at
                      AND (plan.ids IS NULL OR p.id = ANY (plan.ids))
                      AND (plan.handler IS NULL OR p.handler = plan.handler)
                      AND (plan.event_type IS NULL OR p.event_type = plan.event_type)
                      AND (plan.endpoint IS NULL OR p.endpoint = plan.endpoint)
                      AND (plan.reason IS NULL OR p.reason = plan.reason)
                      AND (plan.since IS NULL OR p.died_at >= plan.since)
                      AND (plan.until IS NULL OR p.died_at < plan.until)
                    ORDER BY p.id LIMIT limited - total FOR UPDATE))
                RETURNING d.*
            ), kept AS (
                INSERT INTO postroom.delivery
                    (shard, id, received_at, endpoint, source, event_type, idempotency_key, headers, body)
                SELECT DISTINCT ON (delivery_id)
                    shard, delivery_id, received_at, endpoint, source, event_type, idempotency_key, headers, body
                FROM letter
                ON CONFLICT DO NOTHING
            ), owed AS (
                -- What took the process down goes on running alone.
                INSERT INTO postroom.retry
                    (shard, delivery_id, handler, received_at, failed_attempts, forgiven_attempts, due_at, deaths)
                SELECT shard, delivery_id, handler, received_at, failed_attempts, failed_attempts, now(),
                       CASE reason WHEN 'crash' THEN 2 ELSE 0 END
                FROM letter
                ON CONFLICT DO NOTHING
            )
            SELECT max(id), count(*), count(*), array_agg(delivery_id), array_agg(handler)
            INTO last, seen, made, gone, gone_handlers FROM letter;
            IF NOT plan.is_proven AND seen > 0 THEN
                plan.canaries := plan.canaries || gone;
                plan.canary_handlers := plan.canary_handlers || gone_handlers;
            END IF;
        ELSE
            WITH picked AS MATERIALIZED (
                SELECT d.shard, d.id, d.received_at, d.source, d.event_type FROM postroom.delivery d
                WHERE d.shard = plan.shard AND d.id > plan.cursor AND d.received_at <= plan.requested_at
                  AND (plan.ids IS NULL OR d.id = ANY (plan.ids))
                  AND (plan.event_type IS NULL OR d.event_type = plan.event_type)
                  AND (plan.endpoint IS NULL OR d.endpoint = plan.endpoint)
                  AND (plan.since IS NULL OR d.received_at >= plan.since)
                  AND (plan.until IS NULL OR d.received_at < plan.until)
                ORDER BY d.id LIMIT limited - total
            ), wanted AS (
                SELECT p.shard, p.id, p.received_at, h.name FROM picked p JOIN postroom.handler h
                    ON h.removed_at IS NULL AND (plan.handler IS NULL OR h.name = plan.handler)
                   AND EXISTS (SELECT FROM unnest(h.patterns) pattern
                               WHERE postroom.pattern_matches(pattern, p.source, p.event_type))
            ), letter AS (
                DELETE FROM postroom.dead_letter d USING wanted w
                WHERE d.shard = w.shard AND d.delivery_id = w.id AND d.handler = w.name
                RETURNING d.delivery_id, d.handler, d.failed_attempts, d.reason
            ), owed AS (
                INSERT INTO postroom.retry
                    (shard, delivery_id, handler, received_at, failed_attempts, forgiven_attempts, due_at, deaths)
                SELECT w.shard, w.id, w.name, w.received_at,
                       coalesce(l.failed_attempts, 0), coalesce(l.failed_attempts, 0), now(),
                       CASE l.reason WHEN 'crash' THEN 2 ELSE 0 END
                FROM wanted w LEFT JOIN letter l ON l.delivery_id = w.id AND l.handler = w.name
                ON CONFLICT DO NOTHING
                RETURNING 1
            )
            SELECT (SELECT max(id) FROM picked), (SELECT count(*) FROM picked), (SELECT count(*) FROM owed)
            INTO last, seen, made;
        END IF;
        IF seen < limited - total THEN
            plan.shard := plan.shard + 1;
            plan.cursor := 0;
        ELSE
            plan.cursor := last;
        END IF;
        total := total + seen;
        plan.moved := plan.moved + made;
    END LOOP;
    UPDATE postroom.replay r
    SET shard = plan.shard, cursor = plan.cursor, moved = plan.moved, advanced_at = now(), canaries = plan.canaries,
        canary_handlers = plan.canary_handlers, is_proven = plan.is_proven, note = plan.note,
        state = CASE WHEN plan.shard < i.shards THEN r.state ELSE 'done' END,
        finished_at = CASE WHEN plan.shard < i.shards THEN NULL ELSE now() END
    FROM postroom.inbox i WHERE r.id = plan.id;
    RETURN total;
END $$;

-- Partitions and retention ---------------------------------------------------------------------------------------

-- Makes the daily partitions, UTC, from today to `ahead` days on, and returns their names. A partition is made aside and
-- attached, which lets reads and writes of the others go on; rows that the default partition caught move in first.
CREATE FUNCTION postroom.make_partitions(ahead integer) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    moment text;
    part text;
    day timestamptz;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('postroom.make_partitions')) THEN
        RETURN;
    END IF;
    FOR parent, moment IN VALUES ('delivery', 'received_at'), ('failed_attempt', 'failed_at'), ('handled', 'settled_at')
    LOOP
        FOR offset_days IN 0..ahead LOOP
            day := (date_trunc('day', now() AT TIME ZONE 'UTC') + make_interval(days => offset_days)) AT TIME ZONE 'UTC';
            part := parent || '_p' || to_char(day AT TIME ZONE 'UTC', 'YYYYMMDD');
            CONTINUE WHEN to_regclass('postroom.' || quote_ident(part)) IS NOT NULL;
            EXECUTE format('CREATE TABLE postroom.%I (LIKE postroom.%I INCLUDING ALL)', part, parent);
            EXECUTE format(
                'WITH moved AS (DELETE FROM postroom.%I WHERE %I >= %L AND %I < %L RETURNING *)'
                ' INSERT INTO postroom.%I SELECT * FROM moved',
                parent || '_default', moment, day, moment, day + interval '1 day', part);
            EXECUTE format('ALTER TABLE postroom.%I ATTACH PARTITION postroom.%I FOR VALUES FROM (%L) TO (%L)',
                parent, part, day, day + interval '1 day');
            RETURN NEXT part;
        END LOOP;
    END LOOP;
END $$;

-- Whether somebody is still owed a delivery that was received in that time.
CREATE FUNCTION postroom.is_owed(since timestamptz, until timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM postroom.retry r WHERE r.received_at >= since AND r.received_at < until)
        OR EXISTS (SELECT FROM postroom.batch b WHERE b.received_at >= since AND b.received_at < until)
$$;

-- Drops the oldest partition of one table whose day ended before `before`, and returns its name, or null where there is
-- none. A partition of deliveries of which one is still owed stays whole. Takes ACCESS EXCLUSIVE on the partition and its
-- parent: call it with a short lock_timeout.
CREATE FUNCTION postroom.drop_expired_partition(parent text, before timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    part text;
    day timestamptz;
BEGIN
    FOR part IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = ('postroom.' || quote_ident(parent))::regclass AND c.relname ~ '_p\d{8}$'
        ORDER BY c.relname
    LOOP
        day := to_date(right(part, 8), 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC';
        EXIT WHEN day + interval '1 day' > before;
        CONTINUE WHEN parent = 'delivery' AND postroom.is_owed(day, day + interval '1 day');
        EXECUTE format('LOCK TABLE postroom.%I, postroom.%I IN ACCESS EXCLUSIVE MODE', parent, part);
        -- Asked again under the lock: a replay may have come to owe one of them meanwhile.
        CONTINUE WHEN parent = 'delivery' AND postroom.is_owed(day, day + interval '1 day');
        EXECUTE format('DROP TABLE postroom.%I', part);
        RETURN part;
    END LOOP;
    RETURN NULL;
END $$;

-- Deletes up to `most` expired rows from the default partitions, where a replay puts back deliveries whose own partition
-- is gone, and returns how many those were.
CREATE FUNCTION postroom.delete_expired_strays(before timestamptz, most integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    deleted bigint;
    total bigint := 0;
BEGIN
    DELETE FROM postroom.delivery_default WHERE ctid = ANY (ARRAY(
        SELECT d.ctid FROM postroom.delivery_default d
        WHERE d.received_at < before
          AND NOT EXISTS (SELECT FROM postroom.retry r WHERE r.shard = d.shard AND r.delivery_id = d.id)
          AND NOT EXISTS (SELECT FROM postroom.batch b WHERE b.shard = d.shard AND b.id = d.id >> 8)
        LIMIT most));
    GET DIAGNOSTICS deleted = ROW_COUNT;
    total := total + deleted;
    DELETE FROM postroom.failed_attempt_default WHERE ctid = ANY (ARRAY(
        SELECT f.ctid FROM postroom.failed_attempt_default f WHERE f.failed_at < before LIMIT most));
    GET DIAGNOSTICS deleted = ROW_COUNT;
    total := total + deleted;
    DELETE FROM postroom.handled_default WHERE ctid = ANY (ARRAY(
        SELECT h.ctid FROM postroom.handled_default h WHERE h.settled_at < before LIMIT most));
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN total + deleted;
END $$;
