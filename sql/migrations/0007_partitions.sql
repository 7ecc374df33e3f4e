-- Partitions that are made, filled and dropped without a statement losing sight of a row, in bounded steps.
-- Works with programs from version 7.
-- Locks nothing that exists: it only creates.

-- The partitions of a table that cover a range of time, with the range that each really covers, whatever its name says.
CREATE FUNCTION postroom.time_partitions(parent text, OUT part text, OUT covers tstzrange) RETURNS SETOF record
LANGUAGE sql STABLE AS $$
    SELECT c.relname, tstzrange(bounds[1]::timestamptz, bounds[2]::timestamptz)
    FROM pg_catalog.pg_inherits i
    JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL regexp_match(
        pg_catalog.pg_get_expr(c.relpartbound, c.oid), 'FROM [(].([0-9][^'']*).[)] TO [(].([0-9][^'']*).[)]') AS bounds
    WHERE i.inhparent = ('postroom.' || quote_ident(time_partitions.parent))::regclass AND bounds IS NOT NULL
$$;

-- Refuses stricter isolation: partitions are changed after a second look under a lock, which an older snapshot would spoil.
CREATE FUNCTION postroom.require_read_committed() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'partitions are changed at isolation level read committed only, not %',
            current_setting('transaction_isolation')
            USING ERRCODE = 'active_sql_transaction', HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED, or no BEGIN at all.';
    END IF;
END $$;

-- Makes a partition for [since, until), or extends `neighbor`, which ends at `since`, up to `until`, and moves the rows
-- of that time out of the default partition; returns its name.
-- The parent is locked before a row moves: a statement that was planned by the old list of partitions has ended by then,
-- and one that comes later waits before it reads the list. Without that lock a plan could be made by the old list, wait
-- for the default partition, and find no row.
CREATE FUNCTION postroom.fill_partition(
    parent text, moment text, since timestamptz, until timestamptz, neighbor text
) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    part text := neighbor;
    first timestamptz := since;
BEGIN
    EXECUTE format('LOCK TABLE postroom.%I IN ACCESS EXCLUSIVE MODE', parent);
    IF part IS NULL THEN
        part := parent || '_p' || to_char(since, 'YYYYMMDD');
        IF to_regclass('postroom.' || quote_ident(part)) IS NOT NULL THEN
            part := part || to_char(since, '_HH24MISSUS');
        END IF;
        EXECUTE format('CREATE TABLE postroom.%I (LIKE postroom.%I INCLUDING ALL)', part, parent);
    ELSE
        SELECT lower(p.covers) INTO STRICT first FROM postroom.time_partitions(parent) p WHERE p.part = neighbor;
        EXECUTE format('ALTER TABLE postroom.%I DETACH PARTITION postroom.%I', parent, part);
    END IF;
    EXECUTE format(
        'WITH moved AS (DELETE FROM postroom.%I'
        '               WHERE %I AT TIME ZONE ''UTC'' >= %L AND %I AT TIME ZONE ''UTC'' < %L RETURNING *)'
        ' INSERT INTO postroom.%I SELECT * FROM moved',
        parent || '_default', moment, since AT TIME ZONE 'UTC', moment, until AT TIME ZONE 'UTC', part);
    EXECUTE format('ALTER TABLE postroom.%I ATTACH PARTITION postroom.%I FOR VALUES FROM (%L) TO (%L)',
        parent, part, first, until);
    RETURN part;
END $$;

-- Takes the next step of one table, and returns the partition that it made or extended, with the number of moved rows; no
-- name where nothing is left to do.
-- The rest of a day that has no partition becomes one partition where the default partition holds no more than 20,000 rows
-- or 32 MiB of it. Where it holds more, the rest of the day that has not begun yet becomes a partition first, so that the
-- default partition grows no further, and its rows follow step by step. Rows that were committed in one moment stay
-- together, and where they are if they are too many for a step: they are found, owed and expire there as well.
CREATE FUNCTION postroom.tend_partitions(
    parent text, moment text, size text, ahead integer, OUT part text, OUT moved bigint
)
LANGUAGE plpgsql AS $$
DECLARE
    step_rows CONSTANT integer := 20000;
    step_bytes CONSTANT bigint := 32 * 1024 * 1024;
    neighbor_bytes CONSTANT bigint := 512 * 1024 * 1024;
    gap record;
    since timestamptz;
    until timestamptz;
    neighbor text;
BEGIN
    FOR gap IN
        WITH day AS (
            SELECT tstzrange(d, d + interval '1 day') AS hours
            FROM generate_series(date_trunc('day', now()) - make_interval(days => ahead),
                                 date_trunc('day', now()) + make_interval(days => ahead), interval '1 day') AS d
        ), covered AS (
            SELECT coalesce(range_agg(p.covers), '{}') AS hours FROM postroom.time_partitions(parent) p
        )
        SELECT lower(open) AS since, upper(open) AS until
        FROM day CROSS JOIN covered CROSS JOIN LATERAL unnest(tstzmultirange(day.hours) - covered.hours) AS open
        -- What comes within a day goes first, so that nothing new has to be moved; then what is to be moved.
        ORDER BY CASE WHEN upper(open) <= now() THEN 2 WHEN lower(open) <= now() + interval '1 day' THEN 1 ELSE 3 END,
                 lower(open)
    LOOP
        since := gap.since;
        LOOP
            -- The first moment that doesn't fit into a step any more, and how many rows fit.
            EXECUTE format(
                'SELECT count(*) FILTER (WHERE place <= $3 AND bytes <= $4),'
                '       min(at) FILTER (WHERE place > $3 OR bytes > $4)'
                ' FROM (SELECT at, row_number() OVER w AS place, sum(size) OVER w AS bytes'
                '       FROM (SELECT %1$I AS at, %2$s AS size FROM postroom.%3$I'
                '             WHERE %1$I AT TIME ZONE ''UTC'' >= $1 AND %1$I AT TIME ZONE ''UTC'' < $2'
                '             ORDER BY %1$I AT TIME ZONE ''UTC'' LIMIT $3 + 1) AS row'
                '       WINDOW w AS (ORDER BY at ROWS UNBOUNDED PRECEDING)) AS counted',
                moment, size, parent || '_default')
            INTO moved, until
            USING since AT TIME ZONE 'UTC', gap.until AT TIME ZONE 'UTC', step_rows, step_bytes;
            EXIT WHEN moved = 0 AND until IS NULL AND gap.until <= now();
            IF until IS NULL THEN
                until := gap.until;
            ELSIF gap.until > now() THEN
                EXECUTE format('LOCK TABLE postroom.%I IN ACCESS EXCLUSIVE MODE', parent);
                EXECUTE format(
                    'SELECT greatest(max(%1$I AT TIME ZONE ''UTC'') AT TIME ZONE ''UTC'', clock_timestamp())'
                    '       + interval ''1 microsecond'' FROM postroom.%2$I'
                    ' WHERE %1$I AT TIME ZONE ''UTC'' >= $1 AND %1$I AT TIME ZONE ''UTC'' < $2',
                    moment, parent || '_default')
                INTO since USING gap.since AT TIME ZONE 'UTC', gap.until AT TIME ZONE 'UTC';
                EXIT WHEN since >= gap.until;
                until := gap.until;
                moved := 0;
            ELSIF until = since THEN
                -- More rows of one moment than a step moves.
                since := until + interval '1 microsecond';
                CONTINUE;
            END IF;
            SELECT p.part INTO neighbor FROM postroom.time_partitions(parent) p
            WHERE upper(p.covers) = since AND lower(p.covers) >= date_trunc('day', since) AND moved > 0
              AND pg_table_size(('postroom.' || quote_ident(p.part))::regclass) < neighbor_bytes;
            part := postroom.fill_partition(parent, moment, since, until, neighbor);
            RETURN;
        END LOOP;
    END LOOP;
    part := NULL;
    moved := 0;
END $$;

-- Makes the daily partitions, UTC, from today to `ahead` days on, brings what the default partitions caught in as many
-- days before into partitions, and returns the names of what it made or extended. Attaching a partition reads the whole
-- default partition under its lock, so that a call ends after the first step where that is large, or where rows moved:
-- call it again until it returns nothing. With 1.5 million rows of 1 kB to move, no call took longer than 1 s on two cores.
CREATE FUNCTION postroom.make_partitions(ahead integer) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    parent text;
    moment text;
    size text;
    step record;
    large CONSTANT bigint := 64 * 1024 * 1024;
BEGIN
    PERFORM postroom.require_read_committed();
    IF NOT pg_try_advisory_xact_lock(hashtext('postroom.make_partitions')) THEN
        RETURN;
    END IF;
    FOR parent, moment, size IN VALUES
        ('delivery', 'received_at', 'pg_column_size(headers) + pg_column_size(body)'),
        ('failed_attempt', 'failed_at', 'pg_column_size(error)'),
        ('handled', 'settled_at', 'pg_column_size(runs)'),
        ('superseded', 'superseded_at', '64')
    LOOP
        LOOP
            step := postroom.tend_partitions(parent, moment, size, ahead);
            EXIT WHEN step.part IS NULL;
            RETURN NEXT step.part;
            IF step.moved > 0 OR pg_table_size(('postroom.' || quote_ident(parent || '_default'))::regclass) > large THEN
                RETURN;
            END IF;
        END LOOP;
    END LOOP;
END $$;

-- Tells whether a job of a delivery that was received in that time is still owed.
CREATE FUNCTION postroom.is_owed(since timestamptz, until timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM postroom.retry r WHERE r.received_at >= since AND r.received_at < until)
        OR EXISTS (SELECT FROM postroom.batch b WHERE b.received_at >= since AND b.received_at < until)
$$;

-- Drops the oldest partition of one table whose time ended before `before`, and returns its name, or null where there is
-- none. A partition of deliveries of which one is still owed stays whole. Takes ACCESS EXCLUSIVE on the partition and its
-- parent: call it with a short lock_timeout.
-- Only a replay can come to owe what is that old, and it holds the lock of retention while it does.
CREATE FUNCTION postroom.drop_expired_partition(parent text, before timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    expired record;
BEGIN
    PERFORM postroom.require_read_committed();
    PERFORM pg_advisory_xact_lock(hashtext('postroom.retention'));
    FOR expired IN
        SELECT p.part, lower(p.covers) AS since, upper(p.covers) AS until FROM postroom.time_partitions(parent) p
        WHERE upper(p.covers) <= before AND p.part ~ '_p[0-9]{8}(_[0-9]{12})?$'
        ORDER BY p.covers
    LOOP
        CONTINUE WHEN parent = 'delivery' AND postroom.is_owed(expired.since, expired.until);
        EXECUTE format('LOCK TABLE postroom.%I IN ACCESS EXCLUSIVE MODE', parent);
        EXECUTE format('DROP TABLE postroom.%I', expired.part);
        RETURN expired.part;
    END LOOP;
    RETURN NULL;
END $$;

-- Deletes up to `most` expired rows of each default partition, where a replay puts back deliveries whose own partition is
-- gone, and returns how many those were. A delivery that is still owed stays.
CREATE FUNCTION postroom.prune_default_partitions(before timestamptz, most integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    deleted bigint;
    total bigint := 0;
BEGIN
    PERFORM postroom.require_read_committed();
    PERFORM pg_advisory_xact_lock(hashtext('postroom.retention'));
    DELETE FROM postroom.delivery_default WHERE ctid = ANY (ARRAY(
        SELECT d.ctid FROM postroom.delivery_default d
        WHERE d.received_at AT TIME ZONE 'UTC' < before AT TIME ZONE 'UTC'
          AND NOT EXISTS (SELECT FROM postroom.retry r WHERE r.delivery_id = d.id)
          AND NOT EXISTS (SELECT FROM postroom.batch b WHERE b.id = d.id >> 8)
        LIMIT most));
    GET DIAGNOSTICS deleted = ROW_COUNT;
    total := total + deleted;
    DELETE FROM postroom.failed_attempt_default WHERE ctid = ANY (ARRAY(
        SELECT f.ctid FROM postroom.failed_attempt_default f WHERE f.failed_at AT TIME ZONE 'UTC' < before AT TIME ZONE 'UTC'
        LIMIT most));
    GET DIAGNOSTICS deleted = ROW_COUNT;
    total := total + deleted;
    DELETE FROM postroom.handled_default WHERE ctid = ANY (ARRAY(
        SELECT h.ctid FROM postroom.handled_default h WHERE h.settled_at AT TIME ZONE 'UTC' < before AT TIME ZONE 'UTC'
        LIMIT most));
    GET DIAGNOSTICS deleted = ROW_COUNT;
    total := total + deleted;
    DELETE FROM postroom.superseded_default WHERE ctid = ANY (ARRAY(
        SELECT s.ctid FROM postroom.superseded_default s
        WHERE s.superseded_at AT TIME ZONE 'UTC' < before AT TIME ZONE 'UTC'
        LIMIT most));
    GET DIAGNOSTICS deleted = ROW_COUNT;
    total := total + deleted;
    DELETE FROM postroom.ended_letter WHERE ctid = ANY (ARRAY(
        SELECT e.ctid FROM postroom.ended_letter e WHERE e.ended_at < before ORDER BY e.ended_at LIMIT most));
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN total + deleted;
END $$;

-- Partitions are made and dropped with their owner's rights, by the roles that the owner lets call these functions.
REVOKE EXECUTE ON FUNCTION postroom.make_partitions, postroom.drop_expired_partition FROM PUBLIC;
