-- What the machine's clock showed at the heartbeat; `at` is by the service's own clock, which nobody can set. Null: of an earlier
-- version, which had no other clock than the machine's.
ALTER TABLE heartbeat ADD COLUMN wall INTEGER;

-- What is written only to find out whether something can be written.
CREATE TABLE probe (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    at INTEGER NOT NULL,
    filling BLOB NOT NULL
) STRICT;

-- Whether its operator has deleted the app: then nobody finds it any more, and its rows are removed in small steps. The row
-- itself is the last, because the others refer to it.
ALTER TABLE apps ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1));

-- What refers to a record is looked for when the record is deleted.
CREATE INDEX users_by_app ON users (app_id);
CREATE INDEX devices_by_model ON devices (model_id);
CREATE INDEX contacts_by_user ON contacts (open_id);

-- The snTickets that users have used: none revives what was taken back since.
CREATE TABLE used_tickets (
    app_id TEXT NOT NULL,
    open_id TEXT NOT NULL,
    -- SHA-256 of the ticket.
    hash BLOB NOT NULL,
    used_at INTEGER NOT NULL,
    UNIQUE (app_id, open_id, hash)
) STRICT;
