-- Sequences that stand behind their tables are found, roles that own nothing can serve, and functions that people call mean
-- the same in every session.
-- Works with programs from version 9.
-- Locks nothing that is used: it creates and changes functions.

-- Compares each sequence with the highest number in use, advances those that stand behind, and returns them.
-- A switch-over by logical replication and a partial restore leave sequences behind; a number that is given out twice
-- would name two deliveries. A sequence never goes back: it is moved past the numbers that could be given out meanwhile, and
-- its place is read in the statement that moves it. Keys have no index by delivery: their newest are looked for at the
-- table's end and in a sample of its blocks. Compiling its plans would take 200 times as long as running them.
CREATE FUNCTION postroom.advance_sequences(check_only boolean)
RETURNS TABLE (sequence text, next_number bigint, in_use bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    margin CONSTANT bigint := 100000;
    blocks CONSTANT bigint :=
        pg_relation_size('postroom.idempotency_key') / current_setting('block_size')::bigint;
    batches bigint;
    letters bigint;
    workers bigint;
    keys bigint;
    place regclass;
BEGIN
    SELECT greatest(
        (SELECT b.id FROM postroom.batch b ORDER BY b.id DESC LIMIT 1),
        (SELECT d.id >> 8 FROM postroom.delivery d ORDER BY d.id DESC LIMIT 1),
        (SELECT r.delivery_id >> 8 FROM postroom.retry r ORDER BY r.delivery_id DESC LIMIT 1),
        (SELECT l.delivery_id >> 8 FROM postroom.dead_letter l ORDER BY l.delivery_id DESC LIMIT 1),
        (SELECT h.batch_id FROM postroom.handled h ORDER BY h.batch_id DESC LIMIT 1),
        (SELECT f.delivery_id >> 8 FROM postroom.failed_attempt f ORDER BY f.delivery_id DESC LIMIT 1))
    INTO batches;
    SELECT l.id INTO letters FROM postroom.dead_letter l ORDER BY l.id DESC LIMIT 1;
    SELECT r.worker INTO workers FROM postroom.retry r WHERE r.worker IS NOT NULL ORDER BY r.worker DESC LIMIT 1;
    SELECT greatest(
        (SELECT max(k.delivery_id) FROM postroom.idempotency_key k
         WHERE k.ctid >= format('(%s,0)', greatest(blocks - 64, 0))::tid),
        (SELECT max(k.delivery_id) FROM postroom.idempotency_key k
         TABLESAMPLE SYSTEM (least(100, 12800.0 / greatest(blocks, 1))))) >> 8
    INTO keys;
    FOR sequence, in_use IN
        SELECT * FROM (VALUES
            ('postroom.batch_id', greatest(batches, keys)),
            ('postroom.dead_letter_id', letters),
            (pg_get_serial_sequence('postroom.worker', 'id'),
                greatest((SELECT max(w.id) FROM postroom.worker w), (SELECT max(b.worker) FROM postroom.batch b), workers)),
            (pg_get_serial_sequence('postroom.replay', 'id'), (SELECT max(r.id) FROM postroom.replay r)),
            (pg_get_serial_sequence('postroom.audit', 'id'), (SELECT max(a.id) FROM postroom.audit a))
        ) AS v (name, highest) WHERE highest IS NOT NULL
    LOOP
        place := sequence::regclass;
        EXECUTE format('SELECT last_value + is_called::integer FROM %s', place) INTO next_number;
        CONTINUE WHEN next_number > in_use;
        IF NOT check_only THEN
            PERFORM pg_advisory_xact_lock(hashtext('postroom.advance_sequences'));
            EXECUTE format('SELECT setval(%L, $1) FROM %s WHERE last_value + is_called::integer <= $2', place, place)
            USING in_use + margin, in_use;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION postroom.advance_sequences IS
    'The sequences that stand behind their tables; unless it only checks, they are moved past the highest number in use.';

-- Grants a role the rights that serving needs, and takes it the right to change the record of migrations. The owner calls
-- it; it also counts for tables that later migrations make.
CREATE FUNCTION postroom.allow_serving(role name, maintenance boolean DEFAULT true) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    home CONSTANT text := (SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = 'postroom.delivery'::regclass);
    function regprocedure;
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %s TO %I', home, role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %s TO %I', home, role);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON postroom.migration FROM %I', role);
    EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %s TO %I', home, role);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %s GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', home, role);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %s GRANT USAGE, SELECT ON SEQUENCES TO %I', home, role);
    FOR function IN
        SELECT p.oid FROM pg_proc p JOIN pg_class c ON c.relnamespace = p.pronamespace
        WHERE c.oid = 'postroom.delivery'::regclass AND p.proname IN ('make_partitions', 'drop_expired_partition')
    LOOP
        IF maintenance THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', function, role);
        ELSE
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM %I', function, role);
        END IF;
    END LOOP;
    PERFORM postroom.allow_finishing(role);
END $$;
COMMENT ON FUNCTION postroom.allow_serving IS
    'Grants a role the rights that ''serve'' needs: with maintenance also to make partitions and to drop expired ones.';

CREATE FUNCTION postroom.allow_finishing(role name) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    home CONSTANT text := (SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = 'postroom.delivery'::regclass);
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %s TO %I', home, role);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s.finish(text) TO %I', home, role);
END $$;
COMMENT ON FUNCTION postroom.allow_finishing IS
    'Grants a role to end the job of a receipt inside its own transaction, and nothing else of the inbox.';

CREATE FUNCTION postroom.allow_reading(role name) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    home CONSTANT text := (SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = 'postroom.delivery'::regclass);
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %s TO %I', home, role);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %s TO %I', home, role);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %s GRANT SELECT ON TABLES TO %I', home, role);
END $$;
COMMENT ON FUNCTION postroom.allow_reading IS 'Grants a role to read every table and view of the inbox, bodies included.';

-- Pins what the text of each function depends on, whoever calls it; a migration that makes functions calls it at its end.
-- Only bodies that are kept as text are concerned: those that begin with RETURN were read when they were made.
CREATE FUNCTION postroom.pin_functions() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    function regprocedure;
    setting text;
BEGIN
    FOR function IN
        SELECT p.oid FROM pg_proc p JOIN pg_class c ON c.relnamespace = p.pronamespace
        WHERE c.oid = 'postroom.delivery'::regclass AND p.prosqlbody IS NULL
    LOOP
        FOREACH setting IN ARRAY ARRAY[
            'search_path = pg_catalog, pg_temp', 'standard_conforming_strings = on', 'transform_null_equals = off',
            'TimeZone = ''UTC''', 'DateStyle = ''ISO, MDY''', 'IntervalStyle = ''postgres''']
        LOOP
            EXECUTE format('ALTER FUNCTION %s SET %s', function, setting);
        END LOOP;
    END LOOP;
END $$;
SELECT postroom.pin_functions();
