-- doctor_read: Reads what can be looked at in the database, with what mends it.
-- rows: subject text, is_well bool, finding text, remedy text
SELECT subject, is_well, finding, remedy FROM postroom.doctor();
