-- delivery_list: Looks for kept deliveries among the next ones below an id, newest first, with where each stands.
-- The first row is none: it says how many were looked at, and down to which id; null means to the end.
-- $1 before int8
-- $2 span int4
-- $3 most int4
-- $4..$12 filter DeliveryFilter: ids DeliveryID[]?, idempotency_key text?, endpoint EndpointName?, source Source?,
--     event_type text?, handler HandlerName?, since timestamptz?, until timestamptz?, state DeliveryState?
-- rows: reached int8?, looked Int, id DeliveryID?, received_at timestamptz?, endpoint EndpointName?, source Source?,
--       event_type text?, idempotency_key text?, bytes int4?, state text?
SELECT * FROM postroom.find_deliveries(
    before => $1, span => $2, most => $3, ids => $4, key => $5, endpoint => $6, source => $7, event_type => $8,
    handler => $9, since => $10, until => $11, state => $12);
