-- batch_floor: Reads the number of the first batch that there is, looked for from a number on, or else the newest number.
-- $1 floor BatchID
-- rows: batch_id BatchID
-- uses: batch_pkey
SELECT coalesce((SELECT id FROM postroom.batch WHERE id >= $1 ORDER BY id LIMIT 1),
                pg_sequence_last_value('postroom.batch_id'::regclass), 0);
