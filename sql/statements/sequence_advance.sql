-- sequence_advance: Advances the sequences that stand behind their tables, and tells which those were.
-- rows: sequence text, next_number int8, in_use int8
SELECT sequence, next_number, in_use FROM postroom.advance_sequences(false);
