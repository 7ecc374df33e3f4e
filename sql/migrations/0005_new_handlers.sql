-- A new handler gets whatever is committed after it was recorded, however long the commit was on its way and whatever the
-- server's clock does; a dead letter's history stays bounded.
-- Works with programs from version 3.
-- Locks handler for as long as its catalogue rows take to change (ACCESS EXCLUSIVE, no rewrite, no scan of other tables);
-- the rest replaces functions. Programs of the version before go on: they know recorded_at only.

ALTER TABLE postroom.handler ADD COLUMN IF NOT EXISTS after_batch bigint DEFAULT 9223372036854775807;
COMMENT ON COLUMN postroom.handler.after_batch IS
    'It receives batches with a greater number, whatever their time. Null while it is being recorded; the greatest number where time alone decides.';

-- Says, until this transaction ends, that a batch with a number above the newest so far may be on its way: call it before
-- a number is drawn. Who only reads pg_locks sees it, without a right to anything else, and nobody ever waits for it.
-- A transaction says it once: a setting that goes with the transaction, or with the savepoint, remembers that.
CREATE OR REPLACE FUNCTION postroom.announce_batch() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('postroom.batch_announced', true), '') = '' THEN
        PERFORM pg_advisory_xact_lock_shared(
            1886352244, (coalesce(pg_sequence_last_value('postroom.batch_id'::regclass), 0) & 2147483647)::integer);
        PERFORM set_config('postroom.batch_announced', 'yes', true);
    END IF;
END $$;

-- A number that every batch exceeds which is committed from now on. The newest number is read first: whoever announces
-- itself after the look at the locks draws a greater one.
CREATE OR REPLACE FUNCTION postroom.settled_batch() RETURNS bigint
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

-- Stores a delivery in the caller's own transaction, and wakes the workers when that commits.
CREATE OR REPLACE FUNCTION postroom.enqueue(
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
    PERFORM postroom.announce_batch();
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

-- The newest failed attempts of a pair that are on record, as a dead letter keeps them: a hundred. All of them, in a pair
-- with many, are more than a jsonb can hold, and then it could never become a dead letter.
CREATE OR REPLACE FUNCTION postroom.failure_history(shard smallint, delivery_id bigint, handler text) RETURNS jsonb
LANGUAGE sql STABLE
RETURN coalesce(
    (SELECT jsonb_agg(jsonb_build_object(
                'attempt', f.attempt, 'at', f.failed_at, 'seconds', extract(epoch FROM f.duration), 'error', f.error)
            ORDER BY f.attempt)
     FROM (SELECT newest.attempt, newest.failed_at, newest.duration, newest.error
           FROM postroom.failed_attempt newest
           WHERE newest.shard = failure_history.shard AND newest.delivery_id = failure_history.delivery_id
             AND newest.handler = failure_history.handler
           ORDER BY newest.attempt DESC LIMIT 100) AS f),
    '[]'::jsonb);
