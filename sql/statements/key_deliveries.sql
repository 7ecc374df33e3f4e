-- key_deliveries: Finds the deliveries that hold an idempotency key, at one endpoint or at every known one.
-- $1 key text
-- $2 endpoint EndpointName?
-- rows: delivery DeliveryID
SELECT unnest(postroom.deliveries_with_key($1, $2)) ORDER BY 1;
