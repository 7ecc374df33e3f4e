-- Order by key: who of a key's jobs may run, and the record of those that a newer one made needless.
-- Works with programs from version 13.
-- Locks nothing that exists: it only creates.

-- A job of an ordered handler has a key and a position. Of the waiting jobs of a key all but one are behind, and no claim
-- sees those. Whoever adds a job of a key or ends one locks the key's bucket first, in a statement of its own, and arranges
-- the key afterwards, in the same transaction: what the statements between read of the key is what there is.

-- Locks the buckets of keys until the transaction ends; keys share 64 buckets for each handler, so that no settlement takes
-- more locks than that. They are taken in their order, so that two settlements cannot deadlock.
CREATE FUNCTION postroom.lock_order(handlers text[], keys text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    bucket integer;
BEGIN
    FOR bucket IN
        SELECT DISTINCT (hashtext(k.handler) & 33554431) * 64 + (hashtext(k.key) & 63)
        FROM unnest(handlers, keys) AS k (handler, key) WHERE k.key IS NOT NULL ORDER BY 1
    LOOP
        PERFORM pg_advisory_xact_lock(1886352245, bucket);
    END LOOP;
END $$;

-- Arranges keys whose buckets are locked, and returns the number of jobs that came to the front of theirs.
--
-- By key: the first by position is in front, unless one is there that runs or has run since its last replay, and nobody is
-- while a dead letter parks the key. Newest: of the jobs that wait, all but the newest end as superseded, and that one too
-- where a newer one was handled.
CREATE FUNCTION postroom.arrange_order(handlers text[], keys text[]) RETURNS bigint
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
DECLARE
    promoted bigint;
BEGIN
    -- Nobody claims a job that is in front and waits until this transaction ends.
    PERFORM FROM (SELECT DISTINCT u.handler, u.key FROM unnest(handlers, keys) AS u (handler, key)) AS k
    CROSS JOIN LATERAL (
        SELECT r.delivery_id FROM postroom.retry r
        WHERE r.handler = k.handler AND r.order_key = k.key AND NOT r.is_behind AND r.worker IS NULL
        LIMIT 1 FOR NO KEY UPDATE
    ) AS front;

    IF EXISTS (SELECT FROM postroom.handler h WHERE h.name = ANY (handlers) AND h.order_rule = 'newest') THEN
        WITH waiting AS (
            SELECT r.delivery_id, r.handler, r.order_key, r.order_position, row_number() OVER w > 1 AS is_older,
                   first_value(r.delivery_id) OVER w AS newest
            FROM (SELECT DISTINCT u.handler, u.key FROM unnest(handlers, keys) AS u (handler, key)) AS k
            JOIN postroom.handler h ON h.name = k.handler AND h.order_rule = 'newest'
            CROSS JOIN LATERAL (
                SELECT f.* FROM postroom.retry f
                WHERE f.handler = k.handler AND f.order_key = k.key AND NOT f.is_behind AND f.worker IS NULL
                UNION ALL
                SELECT b.* FROM postroom.retry b WHERE b.handler = k.handler AND b.order_key = k.key AND b.is_behind
            ) AS r
            -- What is finished has had its effect, and is handled by whoever claims it.
            WHERE NOT EXISTS (SELECT FROM postroom.finished f WHERE f.delivery_id = r.delivery_id AND f.handler = r.handler)
            WINDOW w AS (PARTITION BY r.handler, r.order_key ORDER BY r.order_position DESC, r.delivery_id DESC)
        ), ended AS (
            DELETE FROM postroom.retry r USING waiting w
            LEFT JOIN postroom.newest_handled n ON n.handler = w.handler AND n.order_key = w.order_key
            WHERE r.delivery_id = w.delivery_id AND r.handler = w.handler
              AND (w.is_older OR (n.order_position, n.delivery_id) > (w.order_position, w.delivery_id))
            RETURNING r.delivery_id, r.handler, CASE WHEN w.is_older THEN w.newest ELSE n.delivery_id END AS newer_id
        )
        INSERT INTO postroom.superseded (delivery_id, handler, superseded_at, newer_id)
        SELECT e.delivery_id, e.handler, now(), e.newer_id FROM ended e;
    END IF;

    UPDATE postroom.retry r SET is_behind = true
    FROM (SELECT DISTINCT u.handler, u.key FROM unnest(handlers, keys) AS u (handler, key)) AS k
    WHERE r.handler = k.handler AND r.order_key = k.key AND NOT r.is_behind AND r.worker IS NULL
      AND r.failed_attempts = r.attempts_before_replay
      AND EXISTS (
          SELECT FROM postroom.retry b
          WHERE b.handler = r.handler AND b.order_key = r.order_key AND b.is_behind
            AND (b.order_position, b.delivery_id) < (r.order_position, r.delivery_id));

    -- Due from now on: claims do not look far behind what they have seen.
    -- By their places: a join would be planned by statistics, and those of a table that fills may lead it through all that a
    -- handler has behind, once for each key.
    UPDATE postroom.retry r SET is_behind = false, due_at = greatest(r.due_at, clock_timestamp())
    WHERE r.is_behind AND r.ctid = ANY (ARRAY(
        SELECT first.place FROM (SELECT DISTINCT u.handler, u.key FROM unnest(handlers, keys) AS u (handler, key)) AS k
        CROSS JOIN LATERAL (
            SELECT b.ctid AS place FROM postroom.retry b
            WHERE b.handler = k.handler AND b.order_key = k.key AND b.is_behind
            ORDER BY b.order_position, b.delivery_id LIMIT 1
        ) AS first
        WHERE NOT EXISTS (
                  SELECT FROM postroom.retry f WHERE f.handler = k.handler AND f.order_key = k.key AND NOT f.is_behind)
          AND NOT EXISTS (
                  SELECT FROM postroom.dead_letter l
                  WHERE l.handler = k.handler AND l.order_key = k.key AND l.is_parking)));
    GET DIAGNOSTICS promoted = ROW_COUNT;
    RETURN promoted;
END $$;

-- Lets keys go on when the letters that park them are replayed, discarded or deleted.
CREATE FUNCTION postroom.letters_left() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    handlers text[];
    keys text[];
BEGIN
    SELECT array_agg(g.handler), array_agg(g.order_key) INTO handlers, keys FROM gone g WHERE g.order_key IS NOT NULL;
    IF keys IS NOT NULL THEN
        PERFORM postroom.lock_order(handlers, keys);
        IF postroom.arrange_order(handlers, keys) > 0 THEN
            PERFORM pg_notify('postroom', '');
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER letters_left AFTER DELETE ON postroom.dead_letter REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION postroom.letters_left();

-- Releases the keys of a handler that dead letters park, or the one that is given: their jobs go on, and the letters stay.
-- Returns the number of letters that parked them.
CREATE FUNCTION postroom.release_keys(handler text, key text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    keys text[];
    released bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM postroom.handler h WHERE h.name = release_keys.handler) THEN
        RAISE EXCEPTION 'there is no handler named %', quote_literal(release_keys.handler)
            USING ERRCODE = 'no_data_found', HINT = 'SELECT name FROM postroom.handler lists the handlers.';
    END IF;
    SELECT coalesce(array_agg(DISTINCT l.order_key), '{}') INTO keys FROM postroom.dead_letter l
    WHERE l.handler = release_keys.handler AND l.is_parking AND (release_keys.key IS NULL OR l.order_key = release_keys.key);
    PERFORM postroom.lock_order(array_fill(release_keys.handler, ARRAY[cardinality(keys)]), keys);
    UPDATE postroom.dead_letter l SET is_parking = false
    WHERE l.handler = release_keys.handler AND l.order_key = ANY (keys) AND l.is_parking;
    GET DIAGNOSTICS released = ROW_COUNT;
    IF released > 0 THEN
        PERFORM postroom.arrange_order(array_fill(release_keys.handler, ARRAY[cardinality(keys)]), keys);
        INSERT INTO postroom.audit (action, detail)
        VALUES ('release_keys', jsonb_strip_nulls(jsonb_build_object(
            'handler', release_keys.handler, 'key', release_keys.key, 'letters', released)));
        PERFORM pg_notify('postroom', '');
    END IF;
    RETURN released;
END $$;
COMMENT ON FUNCTION postroom.release_keys IS
    'Lets the parked keys of a handler go on, or one of them, although their dead letters stay; returns the number of those.';

-- The keys that dead letters park, with their letter, and the number of jobs that wait behind it, counted up to a thousand.
CREATE VIEW postroom.parked_key AS
SELECT l.handler, l.order_key AS key, l.id AS dead_letter, l.delivery_id, l.died_at, l.reason, l.error,
       (SELECT count(*) FROM (
            SELECT FROM postroom.retry r WHERE r.handler = l.handler AND r.order_key = l.order_key AND r.is_behind
            LIMIT 1000) AS counted) AS waiting
FROM postroom.dead_letter l WHERE l.is_parking;
COMMENT ON VIEW postroom.parked_key IS
    'The keys of ordered handlers whose jobs wait because one of them died. Replay or discard the letter, or release the key.';

-- Looks at up to `most` keys behind the place that is given, in which jobs wait behind, and brings the first job to the
-- front where nobody is there and no letter parks the key: rows that were deleted by hand, or a process that died between
-- two steps, must not leave a key without a front. Returns the last key that was looked at, or null at the end.
CREATE FUNCTION postroom.mend_order(
    since_handler text, since_key text, most integer, OUT handler text, OUT key text, OUT mended bigint
)
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off
AS $$
DECLARE
    handlers text[] := '{}';
    keys text[] := '{}';
BEGIN
    handler := since_handler;
    key := since_key;
    mended := 0;
    FOR place IN 1..most LOOP
        SELECT r.handler, r.order_key INTO handler, key FROM postroom.retry r
        WHERE r.is_behind AND (r.handler, r.order_key) > (mend_order.handler, mend_order.key)
        ORDER BY r.handler, r.order_key LIMIT 1;
        EXIT WHEN NOT FOUND;
        CONTINUE WHEN EXISTS (
            SELECT FROM postroom.retry f
            WHERE f.handler = mend_order.handler AND f.order_key = mend_order.key AND NOT f.is_behind);
        CONTINUE WHEN EXISTS (
            SELECT FROM postroom.dead_letter l
            WHERE l.handler = mend_order.handler AND l.order_key = mend_order.key AND l.is_parking);
        handlers := handlers || handler;
        keys := keys || key;
    END LOOP;
    IF keys <> '{}' THEN
        PERFORM postroom.lock_order(handlers, keys);
        mended := postroom.arrange_order(handlers, keys);
    END IF;
END $$;

-- Forgets up to `most` of the newest positions that are older than `before` and of whose key nothing is left to be tried.
CREATE FUNCTION postroom.prune_newest(before timestamptz, most integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    deleted bigint;
BEGIN
    DELETE FROM postroom.newest_handled WHERE ctid = ANY (ARRAY(
        SELECT n.ctid FROM postroom.newest_handled n
        WHERE n.handled_at < before
          AND NOT EXISTS (
              SELECT FROM postroom.dead_letter l WHERE l.handler = n.handler AND l.order_key = n.order_key)
          AND NOT EXISTS (SELECT FROM postroom.retry r WHERE r.handler = n.handler AND r.order_key = n.order_key
                          AND NOT r.is_behind)
        LIMIT most));
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN deleted;
END $$;

SELECT postroom.pin_functions();
