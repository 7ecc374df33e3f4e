-- delivery_count: Counts the kept deliveries that a filter matches, among the next ones below an id.
-- $1 before int8
-- $2 span int4
-- $3..$7 filter DeliveryFilter: ids DeliveryID[]?, endpoint EndpointName?, event_type text?, since timestamptz?,
--     until timestamptz?
-- rows: reached int8?, deliveries Int
SELECT reached, deliveries
FROM postroom.count_deliveries(before => $1, span => $2, ids => $3, endpoint => $4, event_type => $5, since => $6,
                               until => $7);
