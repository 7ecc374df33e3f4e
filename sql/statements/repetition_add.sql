-- repetition_add: Adds how often deliveries came again to this process since it told last, and forgets what is long ago.
-- $1..$2 repetitions Repetition[]: delivery_id DeliveryID, times int8
-- uses: repetition_last_at
WITH old AS (
    DELETE FROM postroom.repetition WHERE delivery_id IN (
        SELECT o.delivery_id FROM postroom.repetition o WHERE o.last_at < now() - interval '30 days'
          AND o.delivery_id <> ALL ($1)
        ORDER BY o.last_at LIMIT 1000 FOR UPDATE SKIP LOCKED)
)
INSERT INTO postroom.repetition AS r (delivery_id, times, first_at, last_at)
SELECT delivery_id, sum(times), now(), now() FROM unnest($1::bigint[], $2::bigint[]) AS i (delivery_id, times)
GROUP BY delivery_id ORDER BY delivery_id
ON CONFLICT (delivery_id) DO UPDATE SET times = r.times + excluded.times, last_at = excluded.last_at;
