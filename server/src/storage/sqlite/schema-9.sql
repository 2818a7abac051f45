-- What the machine's clock showed at the heartbeat; `at` is by the service's own clock, which nobody can set. Null: of an earlier
-- version, which had no other clock than the machine's.
ALTER TABLE heartbeat ADD COLUMN wall INTEGER;
