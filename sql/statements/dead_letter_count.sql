-- dead_letter_count: Counts the dead letters that a filter matches, among the next ones below a number.
-- $1 before int8
-- $2 span int4
-- $3..$10 filter DeadLetterFilter: ids int8[]?, handler HandlerName?, fingerprint text?, event_type text?,
--     endpoint EndpointName?, died_of DeathReason?, since timestamptz?, until timestamptz?
-- rows: reached int8?, letters Int
SELECT look.reached, (
    SELECT count(*) FROM postroom.dead_letter
    WHERE id < $1 AND id >= coalesce(look.reached, 0)
      AND ($3 IS NULL OR id = ANY ($3))
      AND ($4 IS NULL OR handler = $4)
      AND ($5 IS NULL OR fingerprint = $5)
      AND ($6 IS NULL OR event_type = $6)
      AND ($7 IS NULL OR endpoint = $7)
      AND ($8 IS NULL OR reason = $8)
      AND ($9 IS NULL OR died_at >= $9)
      AND ($10 IS NULL OR died_at < $10))
FROM (
    SELECT CASE WHEN $3 IS NULL THEN w.reached END AS reached
    FROM postroom.look_at_letters(before => $1, span => $2, handler => $4, fingerprint => $5) AS w
) AS look;
