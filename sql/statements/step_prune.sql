-- step_prune: Deletes the steps, an hour old or older, of jobs that are neither owed nor dead, among the next ones after a job.
-- $1 most int4
-- $2 after_delivery DeliveryID
-- $3 after_handler HandlerName
-- rows: last_delivery DeliveryID?, last_handler HandlerName?, deleted Int
-- uses: step_pkey
WITH looked AS MATERIALIZED (
    SELECT delivery_id, handler, name, recorded_at FROM postroom.step
    WHERE (delivery_id, handler) > ($2, $3)
    ORDER BY delivery_id, handler LIMIT $1
), last AS MATERIALIZED (
    SELECT delivery_id, handler FROM looked ORDER BY delivery_id DESC, handler DESC LIMIT 1
), gone AS (
    DELETE FROM postroom.step USING looked l
    WHERE step.delivery_id = l.delivery_id AND step.handler = l.handler AND step.name = l.name
      AND l.recorded_at < now() - interval '1 hour'
      AND NOT EXISTS (SELECT FROM postroom.batch b WHERE b.id = l.delivery_id >> 8)
      AND NOT EXISTS (SELECT FROM postroom.retry r WHERE r.delivery_id = l.delivery_id AND r.handler = l.handler)
      AND NOT EXISTS (
          SELECT FROM postroom.dead_letter d WHERE d.delivery_id = l.delivery_id AND d.handler = l.handler)
    RETURNING 1
)
SELECT (SELECT delivery_id FROM last), (SELECT handler FROM last), (SELECT count(*) FROM gone);
