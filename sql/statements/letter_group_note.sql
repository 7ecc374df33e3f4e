-- letter_group_note: Writes a note about a group of dead letters; an empty one deletes it.
-- $1 handler HandlerName
-- $2 fingerprint text
-- $3 note text
-- rows: done text
SELECT postroom.note_letter_group($1, $2, $3)::text;
