-- dead_letter_list: Looks for dead letters among the next ones below a number, newest first.
-- Where none matches there is one row without a letter. Reached is the lowest number that was looked at; null means the end.
-- $1 before int8
-- $2 span int4
-- $3 most int4
-- $4..$11 filter DeadLetterFilter: ids int8[]?, handler HandlerName?, fingerprint text?, event_type text?,
--     endpoint EndpointName?, died_of DeathReason?, since timestamptz?, until timestamptz?
-- rows: reached int8?, looked Int, id int8?, delivery_id DeliveryID?, handler HandlerName?, endpoint EndpointName?,
--       event_type text?, died_at timestamptz?, reason text?, failed_attempts int4?, error text?
SELECT look.reached, look.looked, l.id, l.delivery_id, l.handler, l.endpoint, l.event_type, l.died_at, l.reason,
       l.failed_attempts, l.error
FROM (
    SELECT CASE WHEN $4 IS NULL THEN w.reached END AS reached, w.looked
    FROM postroom.look_at_letters(before => $1, span => $2, handler => $5, fingerprint => $6) AS w
) AS look
LEFT JOIN LATERAL postroom.matching_letters(
    before => $1, lowest => coalesce(look.reached, 0), most => $3, ids => $4, handler => $5, fingerprint => $6,
    event_type => $7, endpoint => $8, died_of => $9, since => $10, until => $11) AS l ON true
ORDER BY l.id DESC;
