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

-- Looks for kept deliveries, newest first, among about `span` of them with lower ids than `before`. The first row says how
-- far it looked, as look_at_deliveries does; up to `most` that match follow. Those of the state `unreadable` have no type,
-- though their source may promise one, which only their bodies tell.
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
        SELECT look.reached, look.looked, d.id, d.received_at, d.endpoint, d.source, d.event_type, d.idempotency_key,
               length(d.body), postroom.delivery_state(d.id)
        FROM postroom.delivery d
        WHERE d.id < before AND d.id >= coalesce(look.reached, 0)
          AND (find_deliveries.ids IS NULL OR d.id = ANY (find_deliveries.ids))
          AND (find_deliveries.endpoint IS NULL OR d.endpoint = find_deliveries.endpoint)
          AND (find_deliveries.event_type IS NULL OR d.event_type = find_deliveries.event_type)
          AND d.received_at >= coalesce(since, '-infinity') AND d.received_at < coalesce(until, 'infinity')
          AND CASE
              WHEN find_deliveries.state IS NULL THEN true
              WHEN find_deliveries.state = 'unreadable' THEN
                  d.event_type IS NULL AND d.source NOT IN ('sql', 'unverified')
              ELSE postroom.delivery_state(d.id) = find_deliveries.state
          END
        ORDER BY d.id DESC LIMIT most;
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
    WHERE d.id < before AND d.id >= coalesce(count_deliveries.reached, 0)
      AND (count_deliveries.ids IS NULL OR d.id = ANY (count_deliveries.ids))
      AND (count_deliveries.endpoint IS NULL OR d.endpoint = count_deliveries.endpoint)
      AND (count_deliveries.event_type IS NULL OR d.event_type = count_deliveries.event_type)
      AND d.received_at >= coalesce(since, '-infinity') AND d.received_at < coalesce(until, 'infinity');
END $$;
