-- audit_list: Lists what people changed, newest first, below a number.
-- $1 before int8
-- $2 most int4
-- rows: id int8, at timestamptz, actor text, action text, detail jsonb
-- uses: audit_pkey
SELECT id, at, actor, action, detail FROM postroom.audit
WHERE id < $1 ORDER BY id DESC LIMIT $2;
