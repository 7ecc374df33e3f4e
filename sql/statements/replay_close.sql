-- replay_close: Keeps the reports of replays of which nothing is owed any more, a few at a time.
-- rows: closed Int
SELECT postroom.close_replays();
