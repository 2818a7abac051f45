-- What a mini-program's own backend is told, and what has become of it.

-- Which types of messages a backend gets, separated by spaces.
ALTER TABLE webhooks ADD COLUMN events TEXT NOT NULL DEFAULT 'device.called';

-- What is still to be sent, and the log of what was.
CREATE TABLE messages (
    -- In the order in which they came about.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The same at each try, so that the backend can tell a repetition.
    webhook_id TEXT NOT NULL UNIQUE,
    app_id TEXT NOT NULL REFERENCES apps,
    type TEXT NOT NULL,
    -- The call that it is about. Null: it is about none.
    room_id TEXT,
    -- Messages about one subject are sent in their order. It is the call, or a device and a user.
    subject TEXT NOT NULL,
    -- Whom it names. They go with their records.
    open_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    body TEXT NOT NULL,
    -- When it happened, by the machine's clock.
    happened_at INTEGER NOT NULL,
    outcome TEXT NOT NULL DEFAULT 'waiting'
        CHECK (outcome IN ('waiting', 'delivered', 'refused', 'givenUp', 'settled')),
    -- Whether it is tried again only as long as its call rings.
    while_rings INTEGER NOT NULL CHECK (while_rings IN (0, 1)),
    tries INTEGER NOT NULL DEFAULT 0,
    -- How many tries have failed since it was last queued.
    failures INTEGER NOT NULL DEFAULT 0,
    -- What the last try has brought: the HTTP status, or why there was none.
    status INTEGER,
    error TEXT,
    -- Null: it is done with, or waits for one about the same subject.
    next_try_at INTEGER,
    -- Null: it is not done with.
    done_at INTEGER
) STRICT;

CREATE INDEX messages_to_try ON messages (app_id, while_rings, next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX messages_waiting ON messages (app_id, subject) WHERE outcome = 'waiting';
CREATE INDEX messages_by_outcome ON messages (app_id, type, outcome);
CREATE INDEX messages_done ON messages (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX messages_by_user ON messages (app_id, open_id);
CREATE INDEX messages_by_device ON messages (app_id, device_id);

INSERT INTO messages (webhook_id, app_id, type, room_id, subject, open_id, device_id, body, happened_at, while_rings, next_try_at)
    SELECT webhook_id, app_id, 'device.called', room_id, room_id, caller_id, listener_id, body, created_at, 1, created_at
    FROM outbox JOIN calls USING (room_id);

DROP TABLE outbox;
