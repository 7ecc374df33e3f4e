-- Handlers: what they subscribe to, and what people do to them.
-- Locks nothing that exists: it only creates.

-- Tells whether a pattern, `source:type` or `source@endpoint:type` with wildcards, matches. A delivery that nobody vouches
-- for matches none.
CREATE FUNCTION postroom.pattern_matches(pattern text, source text, endpoint text, event_type text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN source <> 'unverified' AND split_part(split_part(pattern, ':', 1), '@', 1) IN ('*', source)
   AND split_part(split_part(pattern, ':', 1), '@', 2) IN ('', endpoint)
   AND (substring(pattern FROM position(':' IN pattern) + 1) = '*'
        OR coalesce(event_type LIKE replace(replace(replace(replace(
               substring(pattern FROM position(':' IN pattern) + 1),
               '\', '\\'), '%', '\%'), '_', '\_'), '*', '%'), false));

-- The names of the handlers that subscribe to a source, endpoint and type: of all, or of the one that is given.
CREATE FUNCTION postroom.handlers_wanting(source text, endpoint text, event_type text, handler text) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT ARRAY(
        SELECT h.name FROM postroom.handler h
        WHERE h.removed_at IS NULL AND (handlers_wanting.handler IS NULL OR h.name = handlers_wanting.handler)
          AND EXISTS (SELECT FROM unnest(h.patterns) AS p (pattern)
                      WHERE postroom.pattern_matches(p.pattern, handlers_wanting.source, handlers_wanting.endpoint,
                                                     handlers_wanting.event_type)))
$$;

-- Tells whether one of those handlers subscribes to anything of a source.
CREATE FUNCTION postroom.wants_source(source text, handler text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM postroom.handler h, unnest(h.patterns) AS p (pattern)
        WHERE h.removed_at IS NULL AND (wants_source.handler IS NULL OR h.name = wants_source.handler)
          AND split_part(split_part(p.pattern, ':', 1), '@', 1) IN ('*', wants_source.source))
$$;

-- Pauses, resumes or removes a handler, and notes it in the audit. A removed handler's waiting jobs go with maintenance;
-- until then nobody claims them.
CREATE FUNCTION postroom.change_handler(change text, handler text, reason text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    CASE change
    WHEN 'pause' THEN
        UPDATE postroom.handler
        SET paused_at = coalesce(paused_at, now()), paused_by = postroom.actor(), paused_for = change_handler.reason
        WHERE name = change_handler.handler AND removed_at IS NULL;
    WHEN 'resume' THEN
        UPDATE postroom.handler SET paused_at = NULL, paused_by = NULL, paused_for = NULL, busy_until = NULL
        WHERE name = change_handler.handler AND removed_at IS NULL;
    WHEN 'remove' THEN
        UPDATE postroom.handler SET removed_at = now(), paused_at = NULL, paused_by = NULL, paused_for = NULL
        WHERE name = change_handler.handler AND removed_at IS NULL;
    END CASE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no handler named %', quote_literal(change_handler.handler)
            USING ERRCODE = 'no_data_found', HINT = 'SELECT name FROM postroom.handler lists the handlers.';
    END IF;
    IF change = 'remove' THEN
        DELETE FROM postroom.handler_limit l WHERE l.handler = change_handler.handler;
    END IF;
    UPDATE postroom.directory SET version = version + 1;
    INSERT INTO postroom.audit (action, detail)
    VALUES (change || '_handler', jsonb_strip_nulls(jsonb_build_object(
        'handler', change_handler.handler, 'reason', change_handler.reason)));
    PERFORM pg_notify('postroom', 'handlers');
END $$;

CREATE FUNCTION postroom.pause_handler(handler text, reason text DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$ SELECT postroom.change_handler('pause', handler, reason) $$;

CREATE FUNCTION postroom.resume_handler(handler text) RETURNS void
LANGUAGE sql AS $$ SELECT postroom.change_handler('resume', handler) $$;

CREATE FUNCTION postroom.remove_handler(handler text) RETURNS void
LANGUAGE sql AS $$ SELECT postroom.change_handler('remove', handler) $$;

-- The lock under which handlers are renamed; whoever takes slots or cells of keys shares it.
CREATE FUNCTION postroom.name_lock() RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1886351477;

-- The name that a handler has now, whichever of its names is given.
CREATE FUNCTION postroom.current_name(handler text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT h.renamed_to FROM postroom.handler h WHERE h.name = current_name.handler), current_name.handler)
$$;

-- Every name that a handler has or had, whichever of them is given.
CREATE FUNCTION postroom.names_of(handler text) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT ARRAY[names_of.handler] || ARRAY(
        SELECT h.name FROM postroom.handler h
        WHERE h.name <> names_of.handler AND coalesce(h.renamed_to, h.name) = postroom.current_name(names_of.handler))
$$;

-- Gives a handler another name, with everything that is known of it, and returns how many jobs and dead letters were moved at
-- once; maintenance moves the rest. Until a job is moved nobody claims it, and a job that runs stays under the name that its
-- worker knows until it has ended. Of an ordered handler no job with a key is claimed before all are moved, so that none
-- passes an earlier one. The former name stays taken: a worker that registers it works for the new one.
CREATE FUNCTION postroom.rename_handler(old_name text, new_name text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    known postroom.handler;
    taken postroom.handler;
BEGIN
    IF new_name IS NULL OR octet_length(new_name) NOT BETWEEN 1 AND 200 OR new_name ~ '[[:cntrl:]]' OR new_name = old_name THEN
        RAISE EXCEPTION '% can''t be the new name of a handler', coalesce(quote_literal(new_name), 'null')
            USING ERRCODE = 'invalid_parameter_value',
            HINT = 'A name has 1 to 200 bytes, no control characters, and differs from the one before.';
    END IF;
    -- Slots and cells of keys are taken under the name that a handler has.
    PERFORM pg_advisory_xact_lock(postroom.name_lock());
    PERFORM FROM postroom.directory FOR UPDATE;
    SELECT * INTO known FROM postroom.handler h WHERE h.name = old_name AND h.removed_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no handler named %', quote_literal(old_name)
            USING ERRCODE = 'no_data_found', HINT = 'SELECT name FROM postroom.handler lists the handlers.';
    END IF;
    SELECT * INTO taken FROM postroom.handler h WHERE h.name = new_name FOR UPDATE;
    IF taken.removed_at IS NULL AND taken.name IS NOT NULL THEN
        RAISE EXCEPTION 'there is a handler named % already', quote_literal(new_name)
            USING ERRCODE = 'duplicate_object', HINT = 'Two handlers can''t become one: choose another name, or remove that handler first.';
    ELSIF taken.renamed_to <> old_name THEN
        RAISE EXCEPTION '% is a former name of the handler %', quote_literal(new_name), quote_literal(taken.renamed_to)
            USING ERRCODE = 'duplicate_object', HINT = 'Programs that have the former name work for that handler: choose another name.';
    ELSIF taken.renamed_to IS NULL AND (
        EXISTS (SELECT FROM postroom.retry r
                WHERE r.handler = new_name AND r.worker IS NULL AND r.deaths < 2 AND r.order_key IS NULL)
        OR EXISTS (SELECT FROM postroom.retry r
                   WHERE r.handler = new_name AND r.worker IS NULL AND r.deaths >= 2 AND NOT r.is_behind)
        OR EXISTS (SELECT FROM postroom.retry r
                   WHERE r.handler = new_name AND r.worker IS NULL AND r.deaths < 2 AND r.order_key IS NOT NULL AND NOT r.is_behind)
        OR EXISTS (SELECT FROM postroom.retry r WHERE r.handler = new_name AND r.is_behind)) THEN
        RAISE EXCEPTION 'jobs of the removed handler % are still to be dropped', quote_literal(new_name)
            USING ERRCODE = 'object_in_use', HINT = 'Maintenance drops them within minutes; try again.';
    END IF;
    DELETE FROM postroom.handler h WHERE h.name = new_name;
    known.original_name := coalesce(known.original_name, old_name);
    known.name := new_name;
    known.is_moving := known.order_rule IS NOT NULL;
    INSERT INTO postroom.handler SELECT (known).*;
    UPDATE postroom.handler h SET removed_at = now(), paused_at = NULL, is_moving = false, renamed_to = new_name
    WHERE h.name = old_name;
    UPDATE postroom.handler h SET renamed_to = new_name WHERE h.renamed_to = old_name;
    DELETE FROM postroom.letter_note n WHERE n.handler = new_name;
    UPDATE postroom.letter_note n SET handler = new_name WHERE n.handler = old_name;
    DELETE FROM postroom.handler_limit l WHERE l.handler = new_name;
    UPDATE postroom.handler_limit l SET handler = new_name WHERE l.handler = old_name;
    DELETE FROM postroom.key_slot s WHERE s.handler = new_name;
    UPDATE postroom.key_slot s SET handler = new_name WHERE s.handler = old_name;
    DELETE FROM postroom.key_rate k WHERE k.handler = new_name;
    UPDATE postroom.key_rate k SET handler = new_name WHERE k.handler = old_name;
    DELETE FROM postroom.worker_share s WHERE s.handler = new_name;
    UPDATE postroom.worker_share s SET handler = new_name WHERE s.handler = old_name;
    UPDATE postroom.worker w SET handlers = array_append(array_remove(w.handlers, old_name), new_name)
    WHERE old_name = ANY (w.handlers);
    UPDATE postroom.replay r
    SET handler = CASE r.handler WHEN old_name THEN new_name ELSE r.handler END,
        to_handler = CASE r.to_handler WHEN old_name THEN new_name ELSE r.to_handler END,
        canary_handlers = array_replace(r.canary_handlers, old_name, new_name),
        held_handlers = array_replace(r.held_handlers, old_name, new_name),
        proven_handlers = array_replace(r.proven_handlers, old_name, new_name)
    WHERE r.state IN ('running', 'paused');
    UPDATE postroom.directory SET version = version + 1;
    INSERT INTO postroom.audit (action, detail)
    VALUES ('rename_handler', jsonb_build_object('handler', old_name, 'new_name', new_name));
    PERFORM pg_notify('postroom', 'handlers');
    RETURN postroom.move_renamed(1000, ends => false);
END $$;
COMMENT ON FUNCTION postroom.rename_handler IS
    'Gives a handler another name, with all that it owes, its dead letters and its pause.';

-- Renames the handlers that a program knows by a new name, one of each that has none of that name yet, and returns the names
-- that were given. A name that is taken or was given up stays as it is.
CREATE FUNCTION postroom.adopt_handlers(names text[], former_names text[]) RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
    pair record;
    adopted text[] := '{}';
BEGIN
    FOR pair IN SELECT * FROM unnest(names, former_names) WITH ORDINALITY AS p (name, former_name, place) ORDER BY place LOOP
        CONTINUE WHEN EXISTS (SELECT FROM postroom.handler h WHERE h.name = pair.name AND h.removed_at IS NULL)
            OR NOT EXISTS (SELECT FROM postroom.handler h WHERE h.name = pair.former_name AND h.removed_at IS NULL);
        -- Another worker of the same program may come first. The locks are taken in the order in which a rename takes them.
        PERFORM pg_advisory_xact_lock(postroom.name_lock());
        PERFORM FROM postroom.directory FOR UPDATE;
        CONTINUE WHEN EXISTS (
                SELECT FROM postroom.handler h
                WHERE h.name = pair.name AND (h.removed_at IS NULL OR h.renamed_to <> pair.former_name))
            OR NOT EXISTS (SELECT FROM postroom.handler h WHERE h.name = pair.former_name AND h.removed_at IS NULL);
        PERFORM postroom.rename_handler(pair.former_name, pair.name);
        adopted := adopted || pair.name;
    END LOOP;
    RETURN adopted;
END $$;

-- Tells whether a job lies under a name, whoever holds it.
CREATE FUNCTION postroom.is_owed_anything(handler text) RETURNS boolean
LANGUAGE sql STABLE
SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
    SELECT EXISTS (SELECT FROM postroom.retry r
                   WHERE r.handler = is_owed_anything.handler AND r.worker IS NULL AND r.deaths < 2 AND r.order_key IS NULL)
        OR EXISTS (SELECT FROM postroom.retry r
                   WHERE r.handler = is_owed_anything.handler AND r.worker IS NULL AND r.deaths >= 2 AND NOT r.is_behind)
        OR EXISTS (SELECT FROM postroom.retry r
                   WHERE r.handler = is_owed_anything.handler AND r.worker IS NULL AND r.deaths < 2
                     AND r.order_key IS NOT NULL AND NOT r.is_behind)
        OR EXISTS (SELECT FROM postroom.retry r WHERE r.handler = is_owed_anything.handler AND r.is_behind)
        OR EXISTS (SELECT FROM postroom.retry r WHERE r.handler = is_owed_anything.handler AND r.worker IS NOT NULL)
$$;

-- Moves up to `most` jobs and dead letters that lie under former names to the names that their handlers have now, and returns
-- how many it moved. A job that is owed under both names is one job. Whatever still comes under a former name, from a
-- worker that held a job at the rename, is found by the next call. Letters go first, and of a key the job in front: a job goes
-- behind its key at the new name, and nothing that comes later in the order goes before it. Jobs with a key are claimed again
-- when the last one is moved; a settlement that was under way at the rename may still bring some, so that the rename itself
-- does not say so.
CREATE FUNCTION postroom.move_renamed(most integer, ends boolean DEFAULT true) RETURNS bigint
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    former record;
    places tid[];
    letters bigint[];
    keys text[];
    moved bigint := 0;
BEGIN
    FOR former IN SELECT h.name, h.renamed_to FROM postroom.handler h WHERE h.renamed_to IS NOT NULL ORDER BY h.name LOOP
        EXIT WHEN moved >= most;
        letters := ARRAY(
            SELECT l.id FROM postroom.dead_letter l WHERE l.handler = former.name
            ORDER BY l.id LIMIT most - moved FOR UPDATE SKIP LOCKED);
        UPDATE postroom.finished f SET handler = former.renamed_to
        FROM postroom.dead_letter l WHERE l.id = ANY (letters) AND f.delivery_id = l.delivery_id AND f.handler = former.name;
        UPDATE postroom.step s SET handler = former.renamed_to
        FROM postroom.dead_letter l WHERE l.id = ANY (letters) AND s.delivery_id = l.delivery_id AND s.handler = former.name
          AND NOT EXISTS (SELECT FROM postroom.step n WHERE n.delivery_id = s.delivery_id
                          AND n.handler = former.renamed_to AND n.name = s.name);
        DELETE FROM postroom.dead_letter l WHERE l.id = ANY (letters) AND EXISTS (
            SELECT FROM postroom.dead_letter n WHERE n.delivery_id = l.delivery_id AND n.handler = former.renamed_to);
        UPDATE postroom.dead_letter l SET handler = former.renamed_to WHERE l.id = ANY (letters);
        moved := moved + cardinality(letters);

        WITH gone AS (
            DELETE FROM postroom.newest_handled WHERE ctid = ANY (ARRAY(
                SELECT n.ctid FROM postroom.newest_handled n WHERE n.handler = former.name
                LIMIT most - moved FOR UPDATE SKIP LOCKED))
            RETURNING *
        ), kept AS (
            INSERT INTO postroom.newest_handled AS known (handler, order_key, order_position, delivery_id, handled_at)
            SELECT former.renamed_to, g.order_key, g.order_position, g.delivery_id, g.handled_at FROM gone g
            ON CONFLICT (handler, order_key) DO UPDATE
            SET order_position = excluded.order_position, delivery_id = excluded.delivery_id, handled_at = excluded.handled_at
            WHERE (excluded.order_position, excluded.delivery_id) > (known.order_position, known.delivery_id)
        )
        SELECT moved + count(*) INTO moved FROM gone;

        places := ARRAY(
            SELECT r.ctid FROM postroom.retry r
            WHERE r.handler = former.name AND r.worker IS NULL AND r.deaths < 2 AND r.order_key IS NULL
            LIMIT most - moved FOR UPDATE SKIP LOCKED);
        places := places || ARRAY(
            SELECT r.ctid FROM postroom.retry r
            WHERE r.handler = former.name AND r.worker IS NULL AND r.deaths >= 2 AND NOT r.is_behind
            LIMIT most - moved - cardinality(places) FOR UPDATE SKIP LOCKED);
        places := places || ARRAY(
            SELECT r.ctid FROM postroom.retry r
            WHERE r.handler = former.name AND r.worker IS NULL AND r.deaths < 2 AND r.order_key IS NOT NULL AND NOT r.is_behind
            LIMIT most - moved - cardinality(places) FOR UPDATE SKIP LOCKED);
        places := places || ARRAY(
            SELECT r.ctid FROM postroom.retry r
            WHERE r.handler = former.name AND r.is_behind AND NOT EXISTS (
                SELECT FROM postroom.retry f
                WHERE f.handler = former.name AND f.order_key = r.order_key AND NOT f.is_behind AND NOT f.ctid = ANY (places))
            ORDER BY r.order_key, r.order_position, r.delivery_id
            LIMIT most - moved - cardinality(places) FOR UPDATE SKIP LOCKED);
        keys := ARRAY(
            SELECT DISTINCT r.order_key FROM postroom.retry r WHERE r.ctid = ANY (places) AND r.order_key IS NOT NULL);
        IF keys <> '{}' THEN
            PERFORM postroom.lock_order(array_fill(former.renamed_to, ARRAY[cardinality(keys)]), keys);
        END IF;
        UPDATE postroom.finished f SET handler = former.renamed_to
        FROM postroom.retry r WHERE r.ctid = ANY (places) AND f.delivery_id = r.delivery_id AND f.handler = former.name;
        UPDATE postroom.step s SET handler = former.renamed_to
        FROM postroom.retry r WHERE r.ctid = ANY (places) AND s.delivery_id = r.delivery_id AND s.handler = former.name
          AND NOT EXISTS (SELECT FROM postroom.step n WHERE n.delivery_id = s.delivery_id
                          AND n.handler = former.renamed_to AND n.name = s.name);
        DELETE FROM postroom.retry r WHERE r.ctid = ANY (places) AND EXISTS (
            SELECT FROM postroom.retry n WHERE n.delivery_id = r.delivery_id AND n.handler = former.renamed_to);
        UPDATE postroom.retry r SET handler = former.renamed_to, is_behind = r.order_key IS NOT NULL
        WHERE r.ctid = ANY (places);
        IF keys <> '{}' THEN
            PERFORM postroom.arrange_order(array_fill(former.renamed_to, ARRAY[cardinality(keys)]), keys);
        END IF;
        moved := moved + cardinality(places);
    END LOOP;
    IF ends AND EXISTS (SELECT FROM postroom.handler h WHERE h.is_moving) THEN
        UPDATE postroom.handler h SET is_moving = false
        WHERE h.is_moving AND NOT EXISTS (
            SELECT FROM postroom.handler f WHERE f.renamed_to = h.name AND postroom.is_owed_anything(f.name));
        IF FOUND THEN
            moved := moved + 1;
        END IF;
    END IF;
    IF moved > 0 THEN
        PERFORM pg_notify('postroom', '');
    END IF;
    RETURN moved;
END $$;

-- Deletes up to `most` waiting jobs of handlers that were removed, and returns their number. A million at once would
-- outlast every statement_timeout, and then none would go. Those in front of their key go last: should the handler come
-- back meanwhile, every key still has a front.
CREATE FUNCTION postroom.prune_removed_handlers(most integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    deleted bigint;
BEGIN
    DELETE FROM postroom.retry WHERE ctid = ANY (ARRAY(
        SELECT r.ctid FROM postroom.handler h
        JOIN postroom.retry r ON r.handler = h.name AND r.worker IS NULL
        WHERE h.removed_at IS NOT NULL AND h.renamed_to IS NULL
          AND (r.is_behind OR NOT EXISTS (SELECT FROM postroom.retry b WHERE b.handler = h.name AND b.is_behind))
        LIMIT most FOR UPDATE OF r SKIP LOCKED));
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN deleted;
END $$;

-- Adjusts the shares that a worker has of handlers' global concurrency, and returns them. The limit is divided among the
-- workers that have the handler, and the first ones get what remains. A worker gives back what exceeds this fair part as
-- far as it does not keep it, and takes no more than the others have left, under the lock of the handler's limits.
CREATE FUNCTION postroom.adjust_shares(worker bigint, handlers text[], limits integer[], kept integer[], most integer[])
RETURNS TABLE (handler text, slots integer, target integer)
LANGUAGE plpgsql AS $$
DECLARE
    need record;
    workers bigint;
    rank bigint;
    others bigint;
BEGIN
    PERFORM FROM postroom.worker w WHERE w.id = adjust_shares.worker FOR KEY SHARE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    FOR need IN
        SELECT n.given, postroom.current_name(n.given) AS name, n.most_at_once, n.kept, n.useful
        FROM unnest(handlers, limits, kept, most) AS n (given, most_at_once, kept, useful) ORDER BY name
    LOOP
        INSERT INTO postroom.handler_limit AS l (handler) VALUES (need.name) ON CONFLICT DO NOTHING;
        PERFORM FROM postroom.handler_limit l WHERE l.handler = need.name FOR UPDATE;
        SELECT count(*), count(*) FILTER (WHERE w.id < adjust_shares.worker) INTO workers, rank
        FROM postroom.worker w WHERE need.name = ANY (w.handlers);
        SELECT coalesce(sum(s.slots), 0) INTO others
        FROM postroom.worker_share s WHERE s.handler = need.name AND s.worker <> adjust_shares.worker;
        handler := need.given;
        target := least(
            need.most_at_once / greatest(workers, 1) + (rank < need.most_at_once % greatest(workers, 1))::integer, need.useful);
        slots := greatest(need.kept, least(target, need.most_at_once - others));
        INSERT INTO postroom.worker_share AS s (handler, worker, slots)
        VALUES (need.name, adjust_shares.worker, adjust_shares.slots)
        ON CONFLICT ON CONSTRAINT worker_share_pkey DO UPDATE SET slots = excluded.slots WHERE s.slots <> excluded.slots;
        RETURN NEXT;
    END LOOP;
END $$;

-- Takes cells of handlers' rates, no more than jobs are due, and returns them with the time until the next one is free. A
-- cell is `every` long, and up to `burst` are taken at once. Where the state lies further ahead than that, the clock was
-- set back.
CREATE FUNCTION postroom.take_cells(handlers text[], most integer[], every interval[], burst integer[])
RETURNS TABLE (handler text, cells integer, wait interval)
LANGUAGE plpgsql AS $$
DECLARE
    request record;
    moment timestamptz;
    begins timestamptz;
    free integer;
    due integer;
BEGIN
    FOR request IN
        SELECT r.given, h.name, r.most, r.every, r.burst FROM unnest(handlers, most, every, burst) AS r (given, most, every, burst)
        JOIN postroom.handler h ON h.name = postroom.current_name(r.given) AND h.paused_at IS NULL AND h.removed_at IS NULL
            AND (h.busy_until IS NULL OR h.busy_until <= now())
        ORDER BY h.name
    LOOP
        handler := request.given;
        SELECT count(*) INTO due FROM (
            (SELECT FROM postroom.retry r
             WHERE r.worker IS NULL AND r.deaths < 2 AND r.order_key IS NULL AND r.handler = request.name
               AND r.due_at <= now()
             LIMIT least(request.most, request.burst))
            UNION ALL
            (SELECT FROM postroom.retry r
             WHERE r.worker IS NULL AND r.deaths < 2 AND r.order_key IS NOT NULL AND NOT r.is_behind
               AND r.handler = request.name AND r.due_at <= now()
             LIMIT least(request.most, request.burst))
            UNION ALL
            (SELECT FROM postroom.retry r
             WHERE r.worker IS NULL AND r.deaths >= 2 AND NOT r.is_behind AND r.handler = request.name AND r.due_at <= now()
             LIMIT 1)
        ) AS jobs;
        CONTINUE WHEN due = 0;
        INSERT INTO postroom.handler_limit AS l (handler) VALUES (request.name) ON CONFLICT DO NOTHING;
        SELECT l.next_cell_at INTO begins FROM postroom.handler_limit l WHERE l.handler = request.name FOR UPDATE;
        moment := clock_timestamp();
        begins := greatest(moment, least(coalesce(begins, moment), moment + request.every * request.burst));
        free := floor(extract(epoch FROM moment + request.every * request.burst - begins)
                      / extract(epoch FROM request.every));
        cells := least(free, due, request.most);
        begins := begins + request.every * cells;
        wait := greatest(begins - request.every * (request.burst - 1) - moment, interval '0');
        IF cells > 0 THEN
            UPDATE postroom.handler_limit l SET next_cell_at = begins WHERE l.handler = request.name;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;

-- Locks a key of a handler until the transaction ends. Several are locked in the order of their numbers.
CREATE FUNCTION postroom.limit_lock(handler text, key_hash uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hashtextextended(handler || ' ' || key_hash::text, 1886351476);

-- Lets the next job go on that waits for an attempt of a key to end. The key is locked.
CREATE FUNCTION postroom.unpark_next(handler text, key_hash uuid) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    UPDATE postroom.retry SET due_at = clock_timestamp() WHERE ctid = ANY (ARRAY(
        SELECT r.ctid FROM postroom.retry r
        WHERE r.due_at = 'infinity' AND r.handler = unpark_next.handler AND r.limit_key = unpark_next.key_hash
        ORDER BY r.delivery_id LIMIT 1 FOR UPDATE));
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $$;

-- Moves what a key's rate has given out, and the jobs that cells are reserved for, back in time. The key is locked.
CREATE FUNCTION postroom.bring_cells_nearer(handler text, key_hash uuid, step interval) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
    UPDATE postroom.key_rate k SET next_cell_at = k.next_cell_at - step
    WHERE k.handler = bring_cells_nearer.handler AND k.key_hash = bring_cells_nearer.key_hash;
    UPDATE postroom.retry SET due_at = due_at - step, limit_cell_at = limit_cell_at - step WHERE ctid = ANY (ARRAY(
        SELECT r.ctid FROM postroom.retry r
        WHERE r.handler = bring_cells_nearer.handler AND r.worker IS NULL AND r.deaths < 2 AND r.order_key IS NULL
          AND r.due_at < 'infinity' AND r.due_at = r.limit_cell_at AND r.limit_key = bring_cells_nearer.key_hash
        UNION ALL
        SELECT r.ctid FROM postroom.retry r
        WHERE r.handler = bring_cells_nearer.handler AND r.worker IS NULL AND r.deaths < 2 AND r.order_key IS NOT NULL
          AND NOT r.is_behind
          AND r.due_at < 'infinity' AND r.due_at = r.limit_cell_at AND r.limit_key = bring_cells_nearer.key_hash));
END $$;

-- Decides which of a worker's jobs may begin by the limits of their keys: `width` attempts at once, and cells of `every`.
-- A job that may begin has taken its slot and its cell, and must begin within the time that is returned. One whose key has
-- no slot free is parked, and goes on when an attempt of its key ends; one whose key has no cell free is owed again for a
-- cell that is reserved for it. So each job is touched a few times, however many wait. A job that the worker does not hold
-- is not returned. Where the clock was set back, the cells that were taken and reserved come nearer by as much.
CREATE FUNCTION postroom.admit_jobs(
    worker bigint, deliveries bigint[], handlers text[], keys uuid[], width integer[], every interval[], burst integer[],
    life interval[])
RETURNS TABLE (delivery_id bigint, handler text, begin_within interval, due_in interval)
LANGUAGE plpgsql AS $$
DECLARE
    job record;
    place tid;
    moment timestamptz;
    cell timestamptz;
    step interval;
    slots bigint;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(postroom.name_lock());
    FOR job IN
        SELECT j.*, n.today, postroom.limit_lock(n.today, j.key_hash) AS lock
        FROM unnest(deliveries, handlers, keys, width, every, burst, life)
            AS j (delivery, name, key_hash, width, every, burst, life)
        CROSS JOIN LATERAL (SELECT postroom.current_name(j.name)) AS n (today)
        ORDER BY lock, j.delivery
    LOOP
        PERFORM pg_advisory_xact_lock(job.lock);
        delivery_id := job.delivery;
        handler := job.name;
        begin_within := NULL;
        due_in := NULL;
        SELECT r.ctid, r.limit_cell_at INTO place, cell FROM postroom.retry r
        WHERE r.delivery_id = job.delivery AND r.handler = job.name AND r.worker = admit_jobs.worker FOR UPDATE;
        CONTINUE WHEN NOT FOUND;
        SELECT count(*) INTO slots FROM postroom.key_slot s
        WHERE s.handler = job.today AND s.key_hash = job.key_hash AND s.delivery_id <> job.delivery;
        moment := clock_timestamp();
        IF slots >= job.width THEN
            UPDATE postroom.retry SET worker = NULL, running_since = NULL, due_at = 'infinity', limit_key = job.key_hash
            WHERE ctid = place;
            RETURN NEXT;
            CONTINUE;
        END IF;
        IF job.every IS NOT NULL AND (cell IS NULL OR moment NOT BETWEEN cell AND cell + job.life) THEN
            SELECT k.taken_at - moment INTO step FROM postroom.key_rate k
            WHERE k.handler = job.today AND k.key_hash = job.key_hash AND k.taken_at > moment;
            IF FOUND THEN
                PERFORM postroom.bring_cells_nearer(job.today, job.key_hash, step);
            END IF;
            INSERT INTO postroom.key_rate AS k (handler, key_hash, next_cell_at, taken_at)
            VALUES (job.today, job.key_hash, moment + job.every, moment)
            ON CONFLICT ON CONSTRAINT key_rate_pkey
            DO UPDATE SET next_cell_at = greatest(k.next_cell_at, moment) + job.every, taken_at = moment
            RETURNING k.next_cell_at - job.every * job.burst INTO cell;
            IF cell > moment THEN
                due_in := cell - moment;
                UPDATE postroom.retry
                SET worker = NULL, running_since = NULL, due_at = cell, limit_key = job.key_hash, limit_cell_at = cell
                WHERE ctid = place;
                RETURN NEXT;
                CONTINUE;
            END IF;
            cell := moment;
        END IF;
        UPDATE postroom.retry SET limit_cell_at = NULL WHERE ctid = place AND limit_cell_at IS NOT NULL;
        begin_within := coalesce(cell, moment) + coalesce(job.life, interval '1 hour') - moment;
        IF job.width IS NOT NULL THEN
            INSERT INTO postroom.key_slot AS s (handler, key_hash, delivery_id, worker, taken_at)
            VALUES (job.today, job.key_hash, job.delivery, admit_jobs.worker, moment)
            ON CONFLICT ON CONSTRAINT key_slot_pkey DO UPDATE SET worker = excluded.worker, taken_at = excluded.taken_at;
            IF slots + 1 < job.width THEN
                PERFORM postroom.unpark_next(job.today, job.key_hash);
            END IF;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;

-- Frees the slots of attempts that have returned, and lets a job go on for each. Returns how many do.
CREATE FUNCTION postroom.free_keys(worker bigint, deliveries bigint[], handlers text[], keys uuid[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    slot record;
    freed bigint := 0;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(postroom.name_lock());
    FOR slot IN
        SELECT s.*, n.today, postroom.limit_lock(n.today, s.key_hash) AS lock
        FROM unnest(deliveries, handlers, keys) AS s (delivery, name, key_hash)
        CROSS JOIN LATERAL (SELECT postroom.current_name(s.name)) AS n (today)
        ORDER BY lock, s.delivery
    LOOP
        PERFORM pg_advisory_xact_lock(slot.lock);
        DELETE FROM postroom.key_slot s
        WHERE s.handler = slot.today AND s.key_hash = slot.key_hash AND s.delivery_id = slot.delivery
          AND s.worker = free_keys.worker;
        IF FOUND THEN
            freed := freed + postroom.unpark_next(slot.today, slot.key_hash);
        END IF;
    END LOOP;
    RETURN freed;
END $$;

-- Mends what deaths, lost replies and changed programs leave: frees the slots of workers that are gone, and those that this
-- worker has had for a while and does not know of; lets a job go on for each key whose jobs wait though no attempt runs, and
-- the jobs of handlers that have no such limit any more, a thousand at once. There are no more keys than attempts. A key that
-- is locked is left for the next time.
CREATE FUNCTION postroom.sweep_keys(worker bigint, deliveries bigint[], handlers text[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    lost record;
    freed bigint := 0;
    changed bigint;
BEGIN
    FOR lost IN
        SELECT s.worker, s.delivery_id, s.handler AS name, s.key_hash FROM postroom.key_slot s
        WHERE NOT EXISTS (SELECT FROM postroom.worker w WHERE w.id = s.worker)
           OR s.worker = sweep_keys.worker AND s.taken_at < clock_timestamp() - interval '10 seconds'
              AND NOT EXISTS (
                  SELECT FROM unnest(sweep_keys.deliveries, sweep_keys.handlers) AS known (delivery, name)
                  WHERE known.delivery = s.delivery_id AND postroom.current_name(known.name) = s.handler)
    LOOP
        CONTINUE WHEN NOT pg_try_advisory_xact_lock(postroom.limit_lock(lost.name, lost.key_hash));
        DELETE FROM postroom.key_slot s
        WHERE s.handler = lost.name AND s.key_hash = lost.key_hash AND s.delivery_id = lost.delivery_id
          AND s.worker = lost.worker;
        IF FOUND THEN
            freed := freed + postroom.unpark_next(lost.name, lost.key_hash);
        END IF;
    END LOOP;
    FOR lost IN
        WITH RECURSIVE parked AS (
            (SELECT r.handler, r.limit_key FROM postroom.retry r WHERE r.due_at = 'infinity'
             ORDER BY r.handler, r.limit_key LIMIT 1)
            UNION ALL
            SELECT next.handler, next.limit_key FROM parked
            CROSS JOIN LATERAL (
                SELECT r.handler, r.limit_key FROM postroom.retry r
                WHERE r.due_at = 'infinity' AND (r.handler, r.limit_key) > (parked.handler, parked.limit_key)
                ORDER BY r.handler, r.limit_key LIMIT 1
            ) AS next
        )
        SELECT p.handler AS name, p.limit_key AS key_hash,
               EXISTS (SELECT FROM postroom.handler_limit l WHERE l.handler = p.handler AND l.key_concurrency IS NOT NULL)
                   AS is_limited
        FROM (SELECT * FROM parked LIMIT 500) AS p
        WHERE NOT EXISTS (SELECT FROM postroom.key_slot s WHERE s.handler = p.handler AND s.key_hash = p.limit_key)
           OR NOT EXISTS (SELECT FROM postroom.handler_limit l WHERE l.handler = p.handler AND l.key_concurrency IS NOT NULL)
    LOOP
        CONTINUE WHEN NOT pg_try_advisory_xact_lock(postroom.limit_lock(lost.name, lost.key_hash));
        IF lost.is_limited THEN
            freed := freed + postroom.unpark_next(lost.name, lost.key_hash);
        ELSE
            UPDATE postroom.retry SET due_at = clock_timestamp() WHERE ctid = ANY (ARRAY(
                SELECT r.ctid FROM postroom.retry r
                WHERE r.due_at = 'infinity' AND r.handler = lost.name AND r.limit_key = lost.key_hash
                LIMIT 1000 FOR UPDATE SKIP LOCKED));
            GET DIAGNOSTICS changed = ROW_COUNT;
            freed := freed + changed;
        END IF;
    END LOOP;
    DELETE FROM postroom.key_rate WHERE ctid = ANY (ARRAY(
        SELECT k.ctid FROM postroom.key_rate k WHERE k.next_cell_at < clock_timestamp() - interval '1 minute'
        ORDER BY k.next_cell_at LIMIT 1000 FOR UPDATE SKIP LOCKED));
    RETURN freed;
END $$;
