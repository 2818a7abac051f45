-- What the machine's clock showed at the heartbeat; `at` is by the service's own clock, which nobody can set. Null: of an earlier
-- version, which had no other clock than the machine's.
ALTER TABLE heartbeat ADD COLUMN wall INTEGER;

-- What is written only to find out whether something can be written.
CREATE TABLE probe (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    at INTEGER NOT NULL,
    filling BLOB NOT NULL
) STRICT;
