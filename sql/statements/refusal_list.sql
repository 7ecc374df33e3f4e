-- refusal_list: Reads the last twenty refused requests of an endpoint, newest first.
-- $1 endpoint EndpointName
-- rows: at timestamptz, process text, reason text, peer text?, looked_for text, found text
-- uses: refusal_endpoint_at
SELECT at, process, reason, peer, looked_for, found FROM postroom.refusal
WHERE endpoint = $1 ORDER BY at DESC LIMIT 20;
