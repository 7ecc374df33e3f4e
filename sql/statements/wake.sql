-- wake: Wakes the workers of every process that listens.
-- It runs after the commit that brought work, never inside it: there it would put all commits in line.
NOTIFY postroom;
