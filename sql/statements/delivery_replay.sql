-- delivery_replay: Records a replay of the kept deliveries that a filter matches.
-- $1 ids int8[]?
-- $2 handler text?
-- $3 event_type text?
-- $4 endpoint text?
-- $5 since timestamptz?
-- $6 until timestamptz?
-- $7 everything bool
-- rows: replay int8
SELECT postroom.replay_deliveries(ids => $1, handler => $2, event_type => $3, endpoint => $4, since => $5,
                                  until => $6, everything => $7);
