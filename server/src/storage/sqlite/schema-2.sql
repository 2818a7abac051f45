-- What joining and cancelling a call need.

-- When the listener joined; from then on the call no longer ends with its ringing.
ALTER TABLE calls ADD COLUMN answered_at INTEGER;

-- When the caller gave up.
ALTER TABLE calls ADD COLUMN cancelled_at INTEGER;

-- In seconds. Null: the call has no limit.
ALTER TABLE calls ADD COLUMN time_limit REAL;

ALTER TABLE calls ADD COLUMN caller_camera_status INTEGER NOT NULL DEFAULT 0
    CHECK (caller_camera_status IN (0, 1));

ALTER TABLE calls ADD COLUMN listener_camera_status INTEGER NOT NULL DEFAULT 0
    CHECK (listener_camera_status IN (0, 1));

-- Calls that were cancelled before their creation arrived.
CREATE TABLE cancelled_keys (
    app_id TEXT NOT NULL,
    caller_role TEXT NOT NULL,
    caller_id TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    cancelled_at INTEGER NOT NULL,
    UNIQUE (app_id, caller_role, caller_id, idempotency_key)
) STRICT;

-- A user's devices, to list them.
CREATE INDEX authorisations_by_user ON authorisations (open_id);
