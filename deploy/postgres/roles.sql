-- Roles with no more rights than they need. Run as a superuser, once, in the database of the inbox:
--     psql --dbname postroom --file deploy/postgres/roles.sql
-- then `postroom migrate` as hooks_owner, and the last part as hooks_owner. Passwords are given with \password.

CREATE ROLE hooks_owner LOGIN;      -- owns the schema, runs `postroom migrate`
CREATE ROLE hooks_server LOGIN;     -- runs `postroom serve` and the verbs
CREATE ROLE hooks_reader LOGIN;     -- dashboards; reads bodies, too
CREATE SCHEMA postroom AUTHORIZATION hooks_owner;

-- After the first `migrate`, as hooks_owner:
--     SELECT postroom.allow_serving('hooks_server');
--     SELECT postroom.allow_reading('hooks_reader');
