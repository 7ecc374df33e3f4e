-- replay_advance: Takes one bounded step of a replay, and tells what came of it.
-- Untyped are deliveries before which it stopped because they were stored without a type and are not among the typed ones;
-- without an array of those nobody is asked.
-- $1 replay int8
-- $2 most int4
-- $3 span int4
-- $4..$5 typed Typed[]?: delivery DeliveryID, event_type text
-- rows: moved Int, looked Int, goes_on bool, untyped DeliveryID[]
SELECT moved_now, looked_now, goes_on, untyped FROM postroom.step_replay($1, $2, $3, $4, $5);
