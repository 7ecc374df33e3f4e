-- Mending: the edit of one dead letter, and what doctor looks at.
-- Works with programs from version 12.
-- Locks nothing that exists: it only creates.

-- Stores a dead letter's delivery with another body, to be handled by the letter's handler alone, and closes the letter, in one
-- transaction. The new delivery names its origin in a header of ours, and has a key of its own. Returns its id. A second edit is
-- refused: the letter is closed.
CREATE FUNCTION postroom.edit_dead_letter(id bigint, body bytea, reason text, difference jsonb DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    letter postroom.dead_letter;
    closed postroom.ended_letter;
    batch bigint;
    successor bigint;
    key text;
BEGIN
    IF coalesce(edit_dead_letter.reason, '') = '' THEN
        RAISE EXCEPTION 'an edit needs a reason' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Say why in reason => ''…'': the audit keeps it.';
    END IF;
    DELETE FROM postroom.dead_letter d WHERE d.id = edit_dead_letter.id RETURNING d.* INTO letter;
    IF NOT FOUND THEN
        SELECT * INTO closed FROM postroom.ended_letter e WHERE e.letter_id = edit_dead_letter.id;
        IF closed.outcome = 'edited' THEN
            RAISE EXCEPTION 'dead letter % was edited by % at %: delivery % took its place', edit_dead_letter.id, closed.actor,
                closed.ended_at, closed.successor
                USING ERRCODE = 'no_data_found', HINT = format('SELECT * FROM postroom.why(%s)', closed.successor);
        END IF;
        RAISE EXCEPTION 'there is no dead letter %', edit_dead_letter.id USING ERRCODE = 'no_data_found',
            HINT = 'It may have been replayed or discarded already: SELECT * FROM postroom.audit ORDER BY id DESC.';
    END IF;
    IF letter.body = edit_dead_letter.body THEN
        RAISE EXCEPTION 'the body of dead letter % is the same as before', edit_dead_letter.id
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Replay it instead of editing it.';
    END IF;
    PERFORM postroom.announce_batch();
    batch := nextval('postroom.batch_id');
    successor := batch * 256;
    key := left(letter.idempotency_key, 400) || '#edit-' || letter.id;
    INSERT INTO postroom.idempotency_key (key_hash, delivery_id, received_at)
    VALUES (postroom.key_hash(letter.endpoint, key), successor, now());
    INSERT INTO postroom.delivery (id, received_at, endpoint, source, event_type, idempotency_key, headers, body)
    VALUES (successor, now(), letter.endpoint, letter.source, letter.event_type, key,
            letter.headers || convert_to(format(E'Postroom-Origin: delivery %s, dead letter %s\n', letter.delivery_id, letter.id),
                                         'UTF8'),
            edit_dead_letter.body);
    INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at, needs_key)
    VALUES (successor, letter.handler, now(), now(), postroom.is_ordered(letter.handler));
    INSERT INTO postroom.ended_letter (letter_id, delivery_id, handler, outcome, reason, successor)
    VALUES (letter.id, letter.delivery_id, letter.handler, 'edited', edit_dead_letter.reason, successor);
    INSERT INTO postroom.audit (action, detail)
    VALUES ('edit_dead_letter', jsonb_strip_nulls(jsonb_build_object(
        'dead_letter', letter.id, 'delivery', letter.delivery_id, 'handler', letter.handler, 'successor', successor,
        'reason', edit_dead_letter.reason, 'difference', difference)));
    PERFORM pg_notify('postroom', '');
    RETURN successor;
END $$;
COMMENT ON FUNCTION postroom.edit_dead_letter IS
    'Gives a dead letter''s handler the delivery with another body, as a new delivery that names its origin, and closes the letter.';
-- Whoever may change bodies is named by the owner.
REVOKE EXECUTE ON FUNCTION postroom.edit_dead_letter FROM PUBLIC;

-- What can be looked at in the database: one row for each check, with what was found, and the SQL that mends it.
CREATE FUNCTION postroom.doctor()
RETURNS TABLE (subject text, is_well boolean, finding text, remedy text)
LANGUAGE sql STABLE AS $$
    SELECT 'standby', NOT pg_is_in_recovery(),
           CASE WHEN pg_is_in_recovery() THEN 'this server is a standby, which takes nothing' ELSE 'this server is a primary' END,
           'name the primary in database.url, or add target_session_attrs=read-write'
    UNION ALL
    SELECT 'durability', bool_and(s.setting = 'on'),
           coalesce(string_agg(s.name || ' is ' || s.setting, ', ') FILTER (WHERE s.setting <> 'on'),
                    'fsync and full_page_writes are on'),
           'ALTER SYSTEM SET fsync = on; ALTER SYSTEM SET full_page_writes = on; SELECT pg_reload_conf();'
    FROM pg_settings s WHERE s.name IN ('fsync', 'full_page_writes')
    UNION ALL
    SELECT 'autovacuum', bool_and(s.setting = 'on'),
           coalesce(string_agg(s.name || ' is ' || s.setting, ', ') FILTER (WHERE s.setting <> 'on'), 'autovacuum is on'),
           'ALTER SYSTEM SET autovacuum = on; ALTER SYSTEM SET track_counts = on; SELECT pg_reload_conf();'
    FROM pg_settings s WHERE s.name IN ('autovacuum', 'track_counts')
    UNION ALL
    SELECT 'autovacuum of tables', count(*) = 0,
           coalesce('switched off for ' || string_agg(c.relname, ', '), 'no table is left out'),
           coalesce(string_agg(format('ALTER TABLE %s RESET (autovacuum_enabled);', c.oid::regclass), ' '), '')
    FROM pg_class c
    WHERE c.relnamespace = (SELECT d.relnamespace FROM pg_class d WHERE d.oid = 'postroom.delivery'::regclass)
      AND 'autovacuum_enabled=false' = ANY (c.reloptions)
    UNION ALL
    SELECT 'dead rows', count(*) = 0,
           coalesce('more dead rows than live ones in ' || string_agg(t.relname || ' (' || t.n_dead_tup || ')', ', '),
                    'vacuum keeps up'),
           'SELECT * FROM postroom.old_snapshot names who holds vacuum up; then VACUUM the tables'
    FROM pg_stat_all_tables t
    WHERE t.schemaname = (SELECT n.nspname FROM pg_class d JOIN pg_namespace n ON n.oid = d.relnamespace
                          WHERE d.oid = 'postroom.delivery'::regclass)
      AND t.n_dead_tup > 100000 AND t.n_dead_tup > 2 * t.n_live_tup
    UNION ALL
    SELECT 'transaction ids', age(d.datfrozenxid) < 1000000000,
           format('the oldest transaction id is %s transactions old', age(d.datfrozenxid)),
           'VACUUM FREEZE, and look for old snapshots: SELECT * FROM postroom.old_snapshot'
    FROM pg_database d WHERE d.datname = current_database()
    UNION ALL
    SELECT 'session settings', count(*) = 0,
           coalesce('set for this role or database: ' || string_agg(s.setting, ', '), 'no role or database sets what would hurt'),
           coalesce(string_agg(
               CASE WHEN s.role = 0 THEN format('ALTER DATABASE %I RESET %I;', current_database(), s.name)
                    ELSE format('ALTER ROLE %I RESET %I;', pg_get_userbyid(s.role), s.name) END, ' '), '')
    FROM (SELECT r.setrole AS role, split_part(c.setting, '=', 1) AS name, c.setting
          FROM pg_db_role_setting r CROSS JOIN LATERAL unnest(r.setconfig) AS c (setting)
          WHERE (r.setdatabase = 0 OR r.setdatabase = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
            AND (r.setrole = 0 OR pg_get_userbyid(r.setrole) = current_user)) AS s
    WHERE s.setting IN ('default_transaction_read_only=on', 'session_replication_role=replica', 'row_security=on')
       OR s.name IN ('idle_session_timeout', 'transaction_timeout') AND split_part(s.setting, '=', 2) <> '0'
    UNION ALL
    SELECT 'rights', count(*) = 0,
           format('the role %s ', current_user) || coalesce(
               'lacks ' || string_agg(n.privilege || ' on ' || n.place, ', '), 'has what serving needs'),
           format('as the schema''s owner: SELECT postroom.allow_serving(%L)', current_user)
    FROM (SELECT c.oid::regclass::text AS place, p.privilege
          FROM pg_class c CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) AS p (privilege)
          WHERE c.relnamespace = (SELECT d.relnamespace FROM pg_class d WHERE d.oid = 'postroom.delivery'::regclass)
            AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'migration'
            AND NOT has_table_privilege(c.oid, p.privilege)
          LIMIT 12) AS n
    UNION ALL
    SELECT 'default partitions', d.deliveries + d.failures + d.successes = 0,
           format('%s deliveries, %s failures and %s successes (counted up to 1,000) lie in default partitions', d.deliveries,
                  d.failures, d.successes),
           'as the schema''s owner: SELECT * FROM postroom.make_partitions(7), until it returns nothing'
    FROM (SELECT (SELECT count(*) FROM (SELECT FROM postroom.delivery_default
                  WHERE received_at AT TIME ZONE 'UTC' > now() AT TIME ZONE 'UTC' - interval '7 days' LIMIT 1000) AS x) AS deliveries,
                 (SELECT count(*) FROM (SELECT FROM postroom.failed_attempt_default
                  WHERE failed_at AT TIME ZONE 'UTC' > now() AT TIME ZONE 'UTC' - interval '7 days' LIMIT 1000) AS x) AS failures,
                 (SELECT count(*) FROM (SELECT FROM postroom.handled_default
                  WHERE settled_at AT TIME ZONE 'UTC' > now() AT TIME ZONE 'UTC' - interval '7 days' LIMIT 1000) AS x) AS successes
         ) AS d
    UNION ALL
    SELECT 'orphans', count(*) = 0,
           coalesce('no living worker has ' || string_agg(h.name, ', ') || ', and jobs wait for them',
                    'every handler that is owed something has a worker'),
           coalesce('deploy the program that has them; if they are gone for good: ' || string_agg(
               format('SELECT postroom.remove_handler(%L);', h.name), ' '), '')
    FROM postroom.handler h
    WHERE h.removed_at IS NULL AND NOT EXISTS (SELECT FROM postroom.worker w WHERE h.name = ANY (w.handlers))
      AND EXISTS (SELECT FROM postroom.retry r WHERE r.handler = h.name AND r.worker IS NULL AND r.deaths < 2)
$$;
COMMENT ON FUNCTION postroom.doctor IS
    'What can be looked at in the database: each check with what was found, and the SQL that mends it. ''postroom doctor'' looks further.';

SELECT postroom.pin_functions();
