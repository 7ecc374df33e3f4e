-- delivery_why: Explains where a delivery stands at each handler; no row where it is kept nowhere.
-- $1 delivery DeliveryID
-- rows: handler HandlerName, state text, since timestamptz?, reason text, command text?, statement text?
SELECT handler, state, since, reason, command, statement FROM postroom.why($1);
