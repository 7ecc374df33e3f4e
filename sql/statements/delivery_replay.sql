-- delivery_replay: Records a replay of the kept deliveries that a filter matches.
-- $1..$5 filter DeliveryFilter: ids DeliveryID[]?, endpoint EndpointName?, event_type text?, since timestamptz?,
--     until timestamptz?
-- $6 everything bool
-- $7..$11 pace ReplayPace: rate int4?, canary int4?, stop_if text?, to_handler HandlerName?, reason text?
-- rows: replay int8
SELECT postroom.replay_deliveries(
    ids => $1, endpoint => $2, event_type => $3, since => $4, until => $5, everything => $6, rate => $7, canary => $8,
    stop_if => $9, handler => $10, reason => $11);
