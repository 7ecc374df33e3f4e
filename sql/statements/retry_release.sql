-- retry_release: Makes claimable the retries that a worker holds and does not know of.
-- No worker died, so that a suspect among them gets no strike.
-- $1 worker WorkerID
-- $2..$3 known Known[]: delivery DeliveryID, handler HandlerName
-- rows: delivery_id DeliveryID
-- uses: retry_held
UPDATE postroom.retry SET worker = NULL, running_since = NULL
WHERE worker = $1
  AND NOT EXISTS (
      SELECT FROM unnest($2::bigint[], $3::text[]) AS known (delivery_id, handler)
      WHERE known.delivery_id = retry.delivery_id AND known.handler = retry.handler)
RETURNING delivery_id;
