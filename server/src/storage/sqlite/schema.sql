-- What the room service knows. Times are milliseconds since the Unix epoch. Tokens are never stored.

CREATE TABLE apps (
    app_id TEXT PRIMARY KEY,
    -- Signs this mini-program's tokens (HMAC-SHA256).
    token_key BLOB NOT NULL CHECK (length(token_key) >= 32),
    -- Whether the platform has approved its audio/video capability.
    approved INTEGER NOT NULL CHECK (approved IN (0, 1)),
    minutes_left INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE models (
    model_id TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    app_id TEXT NOT NULL REFERENCES apps,
    sn TEXT NOT NULL,
    model_id TEXT NOT NULL REFERENCES models,
    registered_by TEXT NOT NULL CHECK (registered_by IN ('sdk', 'wmpf')),
    -- Null: no license was activated.
    license_expires_at INTEGER,
    PRIMARY KEY (app_id, sn)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    -- One person has another openId in each mini-program, so it is unique by itself.
    open_id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES apps,
    scope_voip INTEGER NOT NULL CHECK (scope_voip IN (0, 1))
) STRICT, WITHOUT ROWID;

-- wx.requestDeviceVoIP: this user lets this device call and be called.
CREATE TABLE authorisations (
    app_id TEXT NOT NULL,
    sn TEXT NOT NULL,
    open_id TEXT NOT NULL REFERENCES users,
    device_name TEXT NOT NULL,
    PRIMARY KEY (app_id, sn, open_id),
    FOREIGN KEY (app_id, sn) REFERENCES devices
) STRICT, WITHOUT ROWID;

CREATE TABLE payment_users (
    app_id TEXT NOT NULL REFERENCES apps,
    user_id TEXT NOT NULL,
    -- The license of the face-payment device. Null: none was activated.
    license_expires_at INTEGER,
    PRIMARY KEY (app_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
    app_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    open_id TEXT NOT NULL REFERENCES users,
    PRIMARY KEY (app_id, user_id, open_id),
    FOREIGN KEY (app_id, user_id) REFERENCES payment_users
) STRICT, WITHOUT ROWID;

CREATE TABLE calls (
    -- Ordered by time, so that rows and index entries are appended: random keys halve the throughput.
    room_id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES apps,
    caller_role TEXT NOT NULL,
    caller_id TEXT NOT NULL,
    listener_role TEXT NOT NULL,
    listener_id TEXT NOT NULL,
    charge_type TEXT NOT NULL,
    -- The message to the listener, with names, path and everything else it shows, as it is sent.
    reminder TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    rings_until INTEGER NOT NULL,
    idempotency_key TEXT,
    -- SHA-256 of the request, to tell a repetition from another call under the same key.
    fingerprint BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX calls_by_idempotency_key
    ON calls (app_id, caller_role, caller_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;

CREATE INDEX calls_by_listener ON calls (app_id, listener_role, listener_id, rings_until);
