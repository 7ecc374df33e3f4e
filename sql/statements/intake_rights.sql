-- intake_rights: Reads which rights this role lacks to store deliveries; null where it has all.
-- rows: role text, missing text?
SELECT current_user::text, string_agg(needed.privilege || ' on ' || needed.place::text, ', ')
FROM (VALUES
    ('postroom.idempotency_key'::regclass, 'SELECT'), ('postroom.idempotency_key'::regclass, 'INSERT'),
    ('postroom.delivery'::regclass, 'INSERT'), ('postroom.batch'::regclass, 'INSERT'),
    ('postroom.worker'::regclass, 'SELECT'), ('postroom.batch_id'::regclass, 'USAGE')
) AS needed (place, privilege)
WHERE NOT CASE needed.privilege
    WHEN 'USAGE' THEN has_sequence_privilege(needed.place, 'USAGE') ELSE has_table_privilege(needed.place, needed.privilege)
END;
