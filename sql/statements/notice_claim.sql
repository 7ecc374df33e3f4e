-- notice_claim: Takes a notice of dead letters, which nobody has or whose worker is gone, and counts the try.
-- $1 worker WorkerID
-- $2 handlers HandlerName[]
-- $3 most_tries int4
-- rows: handler HandlerName, fingerprint text, hour timestamptz, tries int2
SELECT handler, fingerprint, hour, tries FROM postroom.claim_notice($1, $2, $3);
