-- refusal_add: Keeps refused requests of this process, and forgets older ones of their endpoints beyond twenty.
-- $1 process text
-- $2..$7 refusals Refusal[]: endpoint text, at timestamptz, reason text, peer text?, looked_for text, found text
WITH old AS (
    DELETE FROM postroom.refusal r WHERE r.endpoint = ANY ($2) AND r.at < (
        SELECT newer.at FROM postroom.refusal newer WHERE newer.endpoint = r.endpoint
        ORDER BY newer.at DESC OFFSET 19 LIMIT 1)
)
INSERT INTO postroom.refusal (endpoint, at, process, reason, peer, looked_for, found)
SELECT i.endpoint, i.at, $1, i.reason, i.peer, i.looked_for, i.found
FROM unnest($2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[])
    AS i (endpoint, at, reason, peer, looked_for, found);
