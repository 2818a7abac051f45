-- What calls by callDevice need.

-- Whether the listener's sockets are told of the call. A device that callDevice calls hears of it otherwise.
ALTER TABLE calls ADD COLUMN reminds INTEGER NOT NULL DEFAULT 1 CHECK (reminds IN (0, 1));

-- Where a mini-program's own backend is told of calls.
CREATE TABLE webhooks (
    app_id TEXT PRIMARY KEY REFERENCES apps,
    url TEXT NOT NULL,
    -- Signs what is sent (HMAC-SHA256).
    secret BLOB NOT NULL CHECK (length(secret) >= 32)
) STRICT, WITHOUT ROWID;

-- What is still to be sent. A row goes when its message has arrived, or when that would no longer help.
CREATE TABLE outbox (
    room_id TEXT PRIMARY KEY REFERENCES calls ON DELETE CASCADE,
    -- The same at each try, so that the backend can tell a repetition.
    webhook_id TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
