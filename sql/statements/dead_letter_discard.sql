-- dead_letter_discard: Deletes the dead letters that a filter matches, among the next ones below a number.
-- $1 before int8
-- $2 span int4
-- $3..$10 filter DeadLetterFilter: ids int8[]?, handler HandlerName?, fingerprint text?, event_type text?,
--     endpoint EndpointName?, died_of DeathReason?, since timestamptz?, until timestamptz?
-- $11 everything bool
-- $12 reason text?
-- rows: reached int8?, discarded Int
SELECT reached, discarded
FROM postroom.discard_letters(before => $1, span => $2, ids => $3, handler => $4, fingerprint => $5, event_type => $6,
                              endpoint => $7, died_of => $8, since => $9, until => $10, everything => $11, reason => $12);
