-- delivery_replay: Records a replay of the kept deliveries that a filter matches.
-- $1..$5 filter DeliveryFilter: ids DeliveryID[]?, endpoint EndpointName?, event_type text?, since timestamptz?,
--     until timestamptz?
-- $6 handler HandlerName?
-- $7 everything bool
-- rows: replay int8
SELECT postroom.replay_deliveries(ids => $1, handler => $6, event_type => $3, endpoint => $2, since => $4,
                                  until => $5, everything => $7);
