-- letter_group_list: Lists groups of dead letters, the largest first.
-- $1 handler HandlerName?
-- $2 fingerprint text?
-- $3 most int4
-- rows: handler HandlerName, fingerprint text, reason text, letters Int, first_died_at timestamptz,
--       last_died_at timestamptz, last_id int8, error text?, types text[]?, endpoints text[]?, note text?, author text?,
--       noted_at timestamptz?
SELECT handler, fingerprint, reason, letters, first_died_at, last_died_at, last_id, error, types, endpoints, note, author,
       noted_at
FROM postroom.letter_groups($1, $2, $3);
