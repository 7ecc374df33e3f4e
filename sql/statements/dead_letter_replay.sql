-- dead_letter_replay: Records a replay of the dead letters that a filter matches.
-- $1..$7 filter DeadLetterFilter: ids int8[]?, handler HandlerName?, event_type text?, endpoint EndpointName?,
--     reason DeathReason?, since timestamptz?, until timestamptz?
-- $8 everything bool
-- rows: replay int8
SELECT postroom.replay_dead_letters(ids => $1, handler => $2, event_type => $3, endpoint => $4, reason => $5,
                                    since => $6, until => $7, everything => $8);
