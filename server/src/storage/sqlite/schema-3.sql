-- The life of a call.

-- How far it is: 'ringing', 'waiting', 'talking' or 'ended'. What an earlier version has made has ended.
ALTER TABLE calls ADD COLUMN state TEXT NOT NULL DEFAULT 'ended'
    CHECK (state IN ('ringing', 'waiting', 'talking', 'ended'));

-- The state machine, as JSON. Null: a call of an earlier version.
ALTER TABLE calls ADD COLUMN call TEXT;

-- What the two sides have heard, as JSON, oldest first.
ALTER TABLE calls ADD COLUMN events TEXT NOT NULL DEFAULT '[]';

-- Since when the device that speaks for a side has no socket. Null: it has one, or nobody speaks for this side.
ALTER TABLE calls ADD COLUMN caller_away_since INTEGER;
ALTER TABLE calls ADD COLUMN listener_away_since INTEGER;

-- In seconds. Null: it has not ended.
ALTER TABLE calls ADD COLUMN billed INTEGER;

-- The state has taken its place.
ALTER TABLE calls DROP COLUMN answered_at;

-- Those that are not over, to go on with them after a restart. Ordered by time, so its entries are appended.
CREATE INDEX calls_under_way ON calls (created_at) WHERE state <> 'ended';

-- Who is in a call, from answering or joining it until its end.
CREATE TABLE engaged (
    app_id TEXT NOT NULL,
    role TEXT NOT NULL,
    id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    PRIMARY KEY (app_id, role, id, room_id)
) STRICT, WITHOUT ROWID;

-- When the service was certainly running, for the bill of whoever does not return after a crash.
CREATE TABLE heartbeat (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    at INTEGER NOT NULL
) STRICT;
