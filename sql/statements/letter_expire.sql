-- letter_expire: Discards the dead letters that are older than an age, among the next ones above a number.
-- $1 age interval
-- $2 above int8
-- $3 most int4
-- rows: reached int8?, expired Int
SELECT reached, expired FROM postroom.expire_letters(now() - $1, $2, $3);
