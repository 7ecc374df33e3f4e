-- dead_letter_replay: Records a replay of the dead letters that a filter matches.
-- $1..$8 filter DeadLetterFilter: ids int8[]?, handler HandlerName?, fingerprint text?, event_type text?,
--     endpoint EndpointName?, died_of DeathReason?, since timestamptz?, until timestamptz?
-- $9 everything bool
-- $10..$14 pace ReplayPace: rate int4?, canary int4?, stop_if text?, to_handler HandlerName?, reason text?
-- rows: replay int8
SELECT postroom.replay_dead_letters(
    ids => $1, handler => $2, fingerprint => $3, event_type => $4, endpoint => $5, died_of => $6, since => $7, until => $8,
    everything => $9, rate => $10, canary => $11, stop_if => $12, to_handler => $13, reason => $14);
