-- secret_use_list: Reads the use of every secret.
-- rows: endpoint EndpointName, secret text, times int8, used_at timestamptz
SELECT endpoint, secret, times, used_at FROM postroom.secret_use ORDER BY endpoint, secret;
