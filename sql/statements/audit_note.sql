-- audit_note: Notes in the audit what somebody did.
-- $1 action text
-- $2..$3 facts Fact[]: name text, value text
INSERT INTO postroom.audit (action, detail)
SELECT $1, coalesce(jsonb_object_agg(f.name, f.value), '{}') FROM unnest($2::text[], $3::text[]) AS f (name, value);
