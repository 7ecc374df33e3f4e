-- The number of this server where several share the work, each an inbox of its own.
-- Works with programs from version 14.
-- Locks nothing that exists: it only creates.

CREATE TABLE postroom.server (
    is_here   boolean     NOT NULL DEFAULT true PRIMARY KEY,
    number    integer     NOT NULL,
    joined_at timestamptz,
    CONSTRAINT "there is one row at most" CHECK (is_here),
    CONSTRAINT "a number is between 0 and 31" CHECK (number BETWEEN 0 AND 31)
);
COMMENT ON TABLE postroom.server IS
    'The number of this server among several inboxes, which is its place in the configuration; 0 where it is the only one. Ids begin with it: batch >> 40, delivery >> 48, dead letter, replay and worker >> 40. joined_at is null where it was there from the beginning.';

-- Gives this server its number, from which its ids start; one that it has stays. It is refused where ids were given out
-- before: they would belong to another number.
CREATE FUNCTION postroom.join_servers(place integer, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    sequences CONSTANT text[] := ARRAY[
        'postroom.batch_id', 'postroom.dead_letter_id', pg_get_serial_sequence('postroom.worker', 'id'),
        pg_get_serial_sequence('postroom.replay', 'id'), pg_get_serial_sequence('postroom.audit', 'id')];
    name text;
    is_used boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('postroom.join_servers'));
    IF EXISTS (SELECT FROM postroom.server) THEN
        RETURN;
    END IF;
    IF place > 0 THEN
        FOREACH name IN ARRAY sequences LOOP
            EXECUTE format('SELECT is_called FROM %s', name::regclass) INTO is_used;
            IF is_used THEN
                RAISE EXCEPTION 'this database has an inbox that was used alone, so that its number can only be 0'
                    USING HINT = 'name it first among the urls, or migrate an empty database', ERRCODE = 'PR004';
            END IF;
        END LOOP;
        -- A sequence that is set stays so whatever becomes of the transaction: none is before all were looked at.
        FOREACH name IN ARRAY sequences LOOP
            PERFORM setval(name::regclass, (place::bigint << 40) + 1, false);
        END LOOP;
    END IF;
    INSERT INTO postroom.server (number, joined_at) VALUES (place, at);
END $$;
COMMENT ON FUNCTION postroom.join_servers IS
    'Gives this server its number among several inboxes, from which its ids start; a number that it has stays.';

SELECT postroom.pin_functions();
