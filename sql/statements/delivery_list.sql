-- delivery_list: Looks for kept deliveries among the next ones below an id, newest first, with where each stands.
-- The first row is none: it says how many were looked at, and down to which id; null means to the end.
-- $1 before int8
-- $2 span int4
-- $3 most int4
-- $4 ids int8[]?
-- $5 endpoint text?
-- $6 event_type text?
-- $7 since timestamptz?
-- $8 until timestamptz?
-- $9 state text?
-- rows: reached int8?, looked int8, id int8?, received_at timestamptz?, endpoint text?, source text?, event_type text?, idempotency_key text?, bytes int4?, state text?
SELECT * FROM postroom.find_deliveries(before => $1, span => $2, most => $3, ids => $4, endpoint => $5, event_type => $6,
                                       since => $7, until => $8, state => $9);
