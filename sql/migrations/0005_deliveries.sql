-- Lists of deliveries, in bounded steps.
-- Works with programs from version 5.
-- Locks nothing that exists: it only creates.

-- The state of a delivery: queued, owed, dead or settled.
CREATE FUNCTION postroom.delivery_state(id bigint) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN EXISTS (SELECT FROM postroom.batch b
                     WHERE b.id = delivery_state.id >> 8) THEN 'queued'
        WHEN EXISTS (SELECT FROM postroom.retry r
                     WHERE r.delivery_id = delivery_state.id) THEN 'owed'
        WHEN EXISTS (SELECT FROM postroom.dead_letter l
                     WHERE l.delivery_id = delivery_state.id) THEN 'dead'
        ELSE 'settled'
    END
$$;

-- Finds the place down to which about `span` kept deliveries with ids below `before` lie: `reached`, or null where that is
-- the end. Partitions of other days than a filter wants are left out, and the end is also where the newest one that was
-- looked at came an hour before what is wanted: ids are given within a transaction, whose time counts.
CREATE FUNCTION postroom.look_at_deliveries(
    before bigint, span integer, since timestamptz, until timestamptz, OUT reached bigint, OUT looked bigint
)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    lowest timestamptz := coalesce(date_trunc('day', since AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', '-infinity');
    highest timestamptz :=
        coalesce((date_trunc('day', until AT TIME ZONE 'UTC') + interval '1 day') AT TIME ZONE 'UTC', 'infinity');
    newest timestamptz;
BEGIN
    SELECT count(*), min(w.id), max(w.received_at) INTO looked, reached, newest FROM (
        SELECT d.id, d.received_at FROM postroom.delivery d
        WHERE d.id < before AND d.received_at >= lowest AND d.received_at < highest
        ORDER BY d.id DESC LIMIT span) AS w;
    IF looked < span OR newest < since - interval '1 hour' THEN
        reached := NULL;
    END IF;
END $$;

-- The deliveries that hold an idempotency key, at one endpoint or at each that is known. Keys are kept for as long as their
-- senders may repeat them.
CREATE FUNCTION postroom.deliveries_with_key(key text, endpoint text) RETURNS bigint[]
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    RETURN ARRAY(
        SELECT k.delivery_id
        FROM (SELECT e.name FROM postroom.endpoint e WHERE deliveries_with_key.endpoint IS NULL
              UNION SELECT deliveries_with_key.endpoint WHERE deliveries_with_key.endpoint IS NOT NULL) AS at
        JOIN postroom.idempotency_key k ON k.key_hash = postroom.key_hash(at.name, deliveries_with_key.key));
END $$;

-- Tells whether a delivery is in a state: at any handler, or at the one that is given. Without a state it tells whether the
-- handler has anything to do with the delivery.
CREATE FUNCTION postroom.is_in_state(id bigint, source text, endpoint text, event_type text, state text, handler text)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    is_queued CONSTANT boolean := EXISTS (SELECT FROM postroom.batch b WHERE b.id = is_in_state.id >> 8);
    is_wanted CONSTANT boolean :=
        handler IS NULL OR postroom.handlers_wanting(
            is_in_state.source, is_in_state.endpoint, is_in_state.event_type, is_in_state.handler) <> '{}';
BEGIN
    RETURN CASE state
        WHEN 'queued' THEN is_queued AND is_wanted
        WHEN 'owed' THEN EXISTS (
            SELECT FROM postroom.retry r
            WHERE r.delivery_id = is_in_state.id AND (is_in_state.handler IS NULL OR r.handler = is_in_state.handler))
        WHEN 'dead' THEN EXISTS (
            SELECT FROM postroom.dead_letter l
            WHERE l.delivery_id = is_in_state.id AND (is_in_state.handler IS NULL OR l.handler = is_in_state.handler))
        WHEN 'handled' THEN EXISTS (
            SELECT FROM postroom.handled_run h
            WHERE h.batch_id = is_in_state.id >> 8 AND h.delivery_id = is_in_state.id
              AND (is_in_state.handler IS NULL OR h.handler = is_in_state.handler))
        WHEN 'settled' THEN is_wanted AND postroom.delivery_state(is_in_state.id) = 'settled'
        ELSE is_wanted
            OR EXISTS (SELECT FROM postroom.retry r
                       WHERE r.delivery_id = is_in_state.id AND r.handler = is_in_state.handler)
            OR EXISTS (SELECT FROM postroom.dead_letter l
                       WHERE l.delivery_id = is_in_state.id AND l.handler = is_in_state.handler)
    END;
END $$;

-- Looks for kept deliveries, newest first, among about `span` candidates with lower ids than `before`. The first row says how
-- far it looked, as look_at_deliveries does; up to `most` that match follow. The candidates are the deliveries that hold the
-- key, those that are owed to somebody or dead where that state is wanted, and else all. Those of the state `unreadable` have
-- no type, though their source may promise one, which only their bodies tell.
CREATE FUNCTION postroom.find_deliveries(
    before bigint, span integer, most integer, ids bigint[], key text, endpoint text, source text, event_type text,
    handler text, since timestamptz, until timestamptz, state text
)
RETURNS TABLE (reached bigint, looked bigint, found_id bigint, found_at timestamptz, found_endpoint text,
               found_source text, found_type text, found_key text, found_bytes integer, found_state text)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    candidates bigint[] := ids;
    times timestamptz[];
    needs_jobs CONSTANT boolean := handler IS NOT NULL OR state IS NOT NULL AND state <> 'unreadable';
BEGIN
    IF key IS NOT NULL THEN
        candidates := ARRAY(
            SELECT k.id FROM unnest(postroom.deliveries_with_key(key, find_deliveries.endpoint)) AS k (id)
            WHERE ids IS NULL OR k.id = ANY (ids));
    END IF;
    IF candidates IS NOT NULL THEN
        looked := cardinality(candidates);
    ELSIF state = 'owed' THEN
        SELECT array_agg(w.delivery_id), array_agg(w.received_at), min(w.delivery_id), count(*)
        INTO candidates, times, reached, looked
        FROM (SELECT r.delivery_id, r.received_at FROM postroom.retry r WHERE r.delivery_id < before
              ORDER BY r.delivery_id DESC LIMIT span) AS w;
    ELSIF state = 'dead' THEN
        SELECT array_agg(w.delivery_id), array_agg(w.received_at), min(w.delivery_id), count(*)
        INTO candidates, times, reached, looked
        FROM (SELECT l.delivery_id, l.received_at FROM postroom.dead_letter l WHERE l.delivery_id < before
              ORDER BY l.delivery_id DESC LIMIT span) AS w;
    ELSE
        SELECT w.reached, w.looked INTO reached, looked
        FROM postroom.look_at_deliveries(before, span, since, until) AS w;
    END IF;
    IF looked < span AND candidates IS NOT NULL THEN
        reached := NULL;
    END IF;
    RETURN NEXT;
    IF looked = 0 THEN
        RETURN;
    END IF;
    IF candidates IS NOT NULL THEN
        RETURN QUERY
            SELECT find_deliveries.reached, find_deliveries.looked, d.id, d.received_at, d.endpoint, d.source, d.event_type,
                   d.idempotency_key, length(d.body), postroom.delivery_state(d.id)
            FROM (SELECT DISTINCT c.id, c.received_at FROM unnest(candidates, times) AS c (id, received_at)
                  WHERE c.id < before ORDER BY c.id DESC) AS c
            CROSS JOIN LATERAL (
                SELECT f.* FROM postroom.delivery f
                WHERE f.id = c.id AND f.received_at >= coalesce(c.received_at, '-infinity')
                  AND f.received_at <= coalesce(c.received_at, 'infinity')
                LIMIT 1) AS d
            WHERE (find_deliveries.endpoint IS NULL OR d.endpoint = find_deliveries.endpoint)
              AND (find_deliveries.source IS NULL OR d.source = find_deliveries.source)
              AND (find_deliveries.event_type IS NULL OR d.event_type = find_deliveries.event_type)
              AND d.received_at >= coalesce(since, '-infinity') AND d.received_at < coalesce(until, 'infinity')
              AND (state IS DISTINCT FROM 'unreadable' OR d.event_type IS NULL AND d.source NOT IN ('sql', 'unverified'))
              AND (NOT needs_jobs OR postroom.is_in_state(
                  d.id, d.source, d.endpoint, d.event_type, find_deliveries.state, find_deliveries.handler))
            ORDER BY d.id DESC LIMIT most;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT find_deliveries.reached, find_deliveries.looked, d.id, d.received_at, d.endpoint, d.source, d.event_type,
               d.idempotency_key, length(d.body), postroom.delivery_state(d.id)
        FROM postroom.delivery d
        WHERE d.id < before AND d.id >= coalesce(find_deliveries.reached, 0)
          AND (find_deliveries.endpoint IS NULL OR d.endpoint = find_deliveries.endpoint)
          AND (find_deliveries.source IS NULL OR d.source = find_deliveries.source)
          AND (find_deliveries.event_type IS NULL OR d.event_type = find_deliveries.event_type)
          AND d.received_at >= coalesce(since, '-infinity') AND d.received_at < coalesce(until, 'infinity')
          AND (state IS DISTINCT FROM 'unreadable' OR d.event_type IS NULL AND d.source NOT IN ('sql', 'unverified'))
          AND (NOT needs_jobs OR postroom.is_in_state(
                  d.id, d.source, d.endpoint, d.event_type, find_deliveries.state, find_deliveries.handler))
        ORDER BY d.id DESC LIMIT most;
END $$;

CREATE TYPE postroom.found_delivery AS (
    id bigint, received_at timestamptz, endpoint text, source text, event_type text, idempotency_key text, bytes integer,
    state text
);

-- Finds kept deliveries, newest first. A key alone finds its deliveries at once, whatever else is kept; other filters look at
-- the newest 100,000 below `before`.
CREATE FUNCTION postroom.find(
    key text DEFAULT NULL, endpoint text DEFAULT NULL, source text DEFAULT NULL, event_type text DEFAULT NULL,
    handler text DEFAULT NULL, state text DEFAULT NULL, since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL,
    before bigint DEFAULT 9223372036854775807, most integer DEFAULT 50
)
RETURNS SETOF postroom.found_delivery
LANGUAGE plpgsql STABLE AS $$
DECLARE
    states CONSTANT text[] := ARRAY['queued', 'owed', 'dead', 'handled', 'settled', 'unreadable'];
BEGIN
    IF state <> ALL (states) THEN
        RAISE EXCEPTION 'there is no state %', quote_literal(state) USING ERRCODE = 'invalid_parameter_value',
            HINT = 'States are ' || array_to_string(states, ', ') || '.';
    END IF;
    RETURN QUERY
        SELECT f.found_id, f.found_at, f.found_endpoint, f.found_source, f.found_type, f.found_key, f.found_bytes, f.found_state
        FROM postroom.find_deliveries(
            find.before, 100000, find.most, NULL, find.key, find.endpoint, find.source, find.event_type, find.handler,
            find.since, find.until, find.state) AS f
        WHERE f.found_id IS NOT NULL;
END $$;
COMMENT ON FUNCTION postroom.find IS
    'Finds kept deliveries, newest first: find(key => ''evt_123''), find(handler => ''crm.sync'', state => ''dead'').';

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
    WHERE d.id < before AND d.id >= coalesce(count_deliveries.reached, 0)
      AND (count_deliveries.ids IS NULL OR d.id = ANY (count_deliveries.ids))
      AND (count_deliveries.endpoint IS NULL OR d.endpoint = count_deliveries.endpoint)
      AND (count_deliveries.event_type IS NULL OR d.event_type = count_deliveries.event_type)
      AND d.received_at >= coalesce(since, '-infinity') AND d.received_at < coalesce(until, 'infinity');
END $$;
