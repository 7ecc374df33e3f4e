-- dead_letter_discard: Deletes the dead letters that a filter matches, among the next ones below a number.
-- $1 before int8
-- $2 span int4
-- $3..$9 filter DeadLetterFilter: ids int8[]?, handler HandlerName?, event_type text?, endpoint EndpointName?,
--     reason DeathReason?, since timestamptz?, until timestamptz?
-- $10 everything bool
-- rows: reached int8?, discarded Int
SELECT reached, discarded
FROM postroom.discard_letters(before => $1, span => $2, ids => $3, handler => $4, event_type => $5, endpoint => $6,
                              reason => $7, since => $8, until => $9, everything => $10);
