-- census_step: Takes one step of the count of what people and metrics ask for.
-- $1 span int4
-- $2 eager bool
-- rows: goes_on bool
SELECT goes_on FROM postroom.census_step($1, $2);
