-- dead_letter_edit: Gives a dead letter's handler the delivery with another body, and closes the letter.
-- $1 id int8
-- $2 body bytea
-- $3 reason text
-- $4 difference jsonb
-- rows: successor DeliveryID
SELECT postroom.edit_dead_letter($1, $2, $3, $4);
