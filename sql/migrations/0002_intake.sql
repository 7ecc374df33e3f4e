-- Intake: keys, the announcement of a commit that is on its way, and the storing of deliveries from SQL.
-- Locks nothing that exists: it only creates.

-- The hash under which an idempotency key is unique, as programs compute it too.
CREATE FUNCTION postroom.key_hash(endpoint text, idempotency_key text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN encode(substring(sha256(convert_to(endpoint, 'UTF8') || '\x00'::bytea || convert_to(idempotency_key, 'UTF8'))
                        FROM 1 FOR 16), 'hex')::uuid;

-- Announces, until this transaction ends, that a batch with a number above the newest so far may be on its way: call it
-- before a number is drawn. The announcement is a lock that everybody sees in pg_locks and nobody ever waits for. It is
-- made once: a setting that goes with the transaction, or with the savepoint, remembers that.
CREATE FUNCTION postroom.announce_batch() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    -- Another inbox in the same database has another sequence.
    announced CONSTANT text := 'postroom_announced.batch_' || 'postroom.batch_id'::regclass::oid;
BEGIN
    IF coalesce(current_setting(announced, true), '') = '' THEN
        PERFORM pg_advisory_xact_lock_shared(
            1886352244, (coalesce(pg_sequence_last_value('postroom.batch_id'::regclass), 0) & 2147483647)::integer);
        PERFORM set_config(announced, 'yes', true);
    END IF;
END $$;

-- A number below that of every batch that is committed from now on. The newest number is read first: a transaction that
-- announces itself after the look at the locks draws a greater one.
CREATE FUNCTION postroom.settled_batch() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    newest CONSTANT bigint := coalesce(pg_sequence_last_value('postroom.batch_id'::regclass), 0);
    oldest bigint;
BEGIN
    SELECT min(newest - ((newest - l.objid::bigint) & 2147483647)) INTO oldest
    FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.classid = 1886352244 AND l.objsubid = 2 AND l.granted
      AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database());
    RETURN least(newest, oldest);
END $$;

-- The time since which workers can have sent heartbeats: none is silent while the server itself is down.
CREATE FUNCTION postroom.server_started_at() RETURNS timestamptz
LANGUAGE sql STABLE
RETURN pg_postmaster_start_time();

-- Notes that an endpoint exists, unless another transaction is about to. Nobody waits for a transaction that lasts: the
-- endpoint is noted with a later delivery if that one does not commit.
CREATE FUNCTION postroom.note_endpoint(endpoint text, source text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM postroom.endpoint e WHERE e.name = note_endpoint.endpoint)
       AND pg_try_advisory_xact_lock(1886352249, hashtext(note_endpoint.endpoint)) THEN
        INSERT INTO postroom.endpoint (name, source) VALUES (note_endpoint.endpoint, note_endpoint.source)
        ON CONFLICT DO NOTHING;
    END IF;
END $$;

-- Stores events as deliveries, in batches of up to 256, and keeps those that are due later for then. A key that is known is
-- not stored again. Both tables get their keys in their order, so that two callers that share some cannot deadlock.
CREATE FUNCTION postroom.store_events(
    key_hashes uuid[], endpoints text[], sources text[], event_types text[], keys text[], headers bytea[], bodies bytea[],
    due_ats timestamptz[], OUT stored bigint, OUT scheduled bigint, OUT next_due_in interval
)
LANGUAGE plpgsql AS $$
BEGIN
    WITH input AS MATERIALIZED (
        SELECT e.* FROM unnest(key_hashes, endpoints, sources, event_types, keys, store_events.headers, bodies, due_ats)
            AS e (key_hash, endpoint, source, event_type, key, headers, body, due_at)
        WHERE e.due_at > now()
    ), kept AS (
        INSERT INTO postroom.scheduled
            (key_hash, due_at, endpoint, source, event_type, idempotency_key, headers, body)
        SELECT i.key_hash, i.due_at, i.endpoint, i.source, i.event_type, i.key, i.headers, i.body FROM input i
        WHERE NOT EXISTS (SELECT FROM postroom.idempotency_key k WHERE k.key_hash = i.key_hash)
        ORDER BY i.key_hash
        ON CONFLICT DO NOTHING
        RETURNING due_at
    )
    SELECT count(*), min(due_at) - now() INTO scheduled, next_due_in FROM kept;
    stored := 0;
    IF NOT EXISTS (SELECT FROM unnest(due_ats) AS d (due_at) WHERE d.due_at <= now()) THEN
        RETURN;
    END IF;
    PERFORM postroom.announce_batch();
    WITH input AS MATERIALIZED (
        SELECT e.*, row_number() OVER (ORDER BY e.key_hash) - 1 AS place
        FROM unnest(key_hashes, endpoints, sources, event_types, keys, store_events.headers, bodies, due_ats)
            AS e (key_hash, endpoint, source, event_type, key, headers, body, due_at)
        WHERE e.due_at <= now()
    ), page AS MATERIALIZED (
        SELECT p.number, nextval('postroom.batch_id') AS batch
        FROM generate_series(0, (SELECT max(place) / 256 FROM input)) AS p (number)
    ), numbered AS MATERIALIZED (
        SELECT input.*, page.batch, page.batch * 256 + input.place % 256 AS id
        FROM input JOIN page ON page.number = input.place / 256
    ), fresh AS (
        INSERT INTO postroom.idempotency_key (key_hash, delivery_id, received_at)
        SELECT n.key_hash, n.id, now() FROM numbered n ORDER BY n.key_hash, n.id
        ON CONFLICT DO NOTHING
        RETURNING delivery_id
    ), made AS (
        INSERT INTO postroom.delivery (id, received_at, endpoint, source, event_type, idempotency_key, headers, body)
        SELECT n.id, now(), n.endpoint, n.source, n.event_type, n.key, n.headers, n.body
        FROM numbered n JOIN fresh ON fresh.delivery_id = n.id
    ), queued AS (
        INSERT INTO postroom.batch (id, received_at, delivery_count, byte_count)
        SELECT n.batch, now(), count(*), sum(length(n.headers) + length(n.body))
        FROM numbered n JOIN fresh ON fresh.delivery_id = n.id GROUP BY n.batch
    )
    SELECT count(*) INTO stored FROM fresh;
    PERFORM postroom.note_endpoint(e.endpoint, e.source) FROM (
        SELECT DISTINCT ON (n.endpoint) n.endpoint, n.source FROM unnest(endpoints, sources) AS n (endpoint, source)) AS e;
END $$;

-- Stores up to `most` of the events that are due, and says in how long the next one is.
CREATE FUNCTION postroom.store_due_events(most integer, OUT looked bigint, OUT stored bigint, OUT next_due_in interval)
LANGUAGE plpgsql AS $$
DECLARE
    due record;
BEGIN
    WITH gone AS (
        DELETE FROM postroom.scheduled WHERE key_hash = ANY (ARRAY(
            SELECT s.key_hash FROM postroom.scheduled s WHERE s.due_at <= now()
            ORDER BY s.due_at LIMIT most FOR UPDATE SKIP LOCKED))
        RETURNING *
    )
    SELECT count(*) AS rows, array_agg(g.key_hash) AS hashes, array_agg(g.endpoint) AS endpoints,
           array_agg(g.source) AS sources, array_agg(g.event_type) AS types, array_agg(g.idempotency_key) AS keys,
           array_agg(g.headers) AS headers, array_agg(g.body) AS bodies, array_agg(g.due_at) AS times
    INTO due FROM gone g;
    looked := due.rows;
    stored := 0;
    IF looked > 0 THEN
        SELECT s.stored INTO stored FROM postroom.store_events(
            due.hashes, due.endpoints, due.sources, due.types, due.keys, due.headers, due.bodies, due.times) AS s;
    END IF;
    SELECT s.due_at - clock_timestamp() INTO next_due_in FROM postroom.scheduled s ORDER BY s.due_at LIMIT 1;
END $$;

-- Stores a delivery in the caller's own transaction, and wakes the workers when that commits. One that is due later is kept
-- until then, and has no number yet.
CREATE FUNCTION postroom.enqueue(
    endpoint text, event_type text, body text, idempotency_key text DEFAULT NULL, due_at timestamptz DEFAULT NULL,
    source text DEFAULT 'sql', headers bytea DEFAULT ''
) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    key text := coalesce(enqueue.idempotency_key, gen_random_uuid()::text);
    hash uuid;
    known bigint;
    waiting bigint;
BEGIN
    IF coalesce(enqueue.endpoint, '') = '' OR length(enqueue.endpoint) > 64 THEN
        RAISE EXCEPTION 'enqueue needs an endpoint of 1 to 64 characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF coalesce(enqueue.source, '') IN ('', 'unverified') THEN
        RAISE EXCEPTION 'enqueue needs the name of a source' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Handlers subscribe to a source: leave it out, which means ''sql'', or give the one of the event''s type.';
    END IF;
    IF enqueue.body IS NULL THEN
        RAISE EXCEPTION 'enqueue needs a body; an empty one is ''''' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF key = '' OR octet_length(key) > 512 THEN
        RAISE EXCEPTION 'an idempotency key has 1 to 512 bytes, this one %', octet_length(key)
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    hash := postroom.key_hash(enqueue.endpoint, key);
    LOOP
        SELECT s.scheduled INTO waiting FROM postroom.store_events(
            ARRAY[hash], ARRAY[enqueue.endpoint], ARRAY[enqueue.source], ARRAY[enqueue.event_type], ARRAY[key],
            ARRAY[coalesce(enqueue.headers, '')], ARRAY[convert_to(enqueue.body, 'UTF8')], ARRAY[coalesce(enqueue.due_at, now())]) AS s;
        SELECT k.delivery_id INTO known FROM postroom.idempotency_key k WHERE k.key_hash = hash;
        EXIT WHEN FOUND OR enqueue.due_at > now();
    END LOOP;
    PERFORM pg_notify('postroom', CASE WHEN waiting > 0 THEN 'scheduled' ELSE '' END);
    RETURN known;
END $$;
COMMENT ON FUNCTION postroom.enqueue IS
    'Stores a delivery in your transaction and returns its number; of a known key the first one''s. With due_at in the future it is kept until then, and null is returned.';

-- Takes back what was enqueued for later and is not due yet, and tells whether it was there.
CREATE FUNCTION postroom.cancel(endpoint text, idempotency_key text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM postroom.scheduled s
    WHERE s.key_hash = postroom.key_hash(cancel.endpoint, cancel.idempotency_key);
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION postroom.cancel IS
    'Takes back what was enqueued for later, and tells whether it was still waiting. What is due already is a delivery, and stays.';
