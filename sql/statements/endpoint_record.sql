-- endpoint_record: Records endpoints with their sources, so that a key is found without its endpoint.
-- $1..$2 endpoints Endpoint[]: name EndpointName, source Source
INSERT INTO postroom.endpoint AS known (name, source, seen_at)
SELECT DISTINCT ON (name) name, source, now() FROM unnest($1::text[], $2::text[]) AS i (name, source) ORDER BY name
ON CONFLICT (name) DO UPDATE SET source = excluded.source, seen_at = excluded.seen_at;
