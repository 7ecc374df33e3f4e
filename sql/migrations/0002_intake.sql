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

-- Stores a delivery in the caller's own transaction, and wakes the workers when that commits.
CREATE FUNCTION postroom.enqueue(
    endpoint text, event_type text, body text, idempotency_key text DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    key text := coalesce(enqueue.idempotency_key, gen_random_uuid()::text);
    hash uuid;
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
    PERFORM postroom.announce_batch();
    LOOP
        batch := nextval('postroom.batch_id');
        INSERT INTO postroom.idempotency_key (key_hash, delivery_id, received_at)
        VALUES (hash, batch * 256, now()) ON CONFLICT DO NOTHING;
        EXIT WHEN FOUND;
        SELECT k.delivery_id INTO known FROM postroom.idempotency_key k WHERE k.key_hash = hash;
        IF FOUND THEN
            RETURN known;
        END IF;
    END LOOP;
    INSERT INTO postroom.delivery
        (id, received_at, endpoint, source, event_type, idempotency_key, headers, body)
    VALUES (batch * 256, now(), enqueue.endpoint, 'sql', enqueue.event_type, key, '', convert_to(enqueue.body, 'UTF8'));
    INSERT INTO postroom.batch (id, received_at, delivery_count, byte_count)
    VALUES (batch, now(), 1, octet_length(enqueue.body));
    PERFORM postroom.note_endpoint(enqueue.endpoint, 'sql');
    PERFORM pg_notify('postroom', '');
    RETURN batch * 256;
END $$;
