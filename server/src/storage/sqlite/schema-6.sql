-- Creations of calls that have met a call of the other party, which rang: they were answered with its room.
CREATE TABLE crossings (
    room_id TEXT NOT NULL REFERENCES calls ON DELETE CASCADE,
    -- Who wanted to call: the listener of that call.
    app_id TEXT NOT NULL,
    caller_role TEXT NOT NULL,
    caller_id TEXT NOT NULL,
    idempotency_key TEXT,
    -- As that of a call.
    fingerprint BLOB NOT NULL,
    -- When the caller gave up.
    cancelled_at INTEGER
) STRICT;

CREATE UNIQUE INDEX crossings_by_idempotency_key
    ON crossings (app_id, caller_role, caller_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;

-- They go with their call.
CREATE INDEX crossings_by_room ON crossings (room_id);
