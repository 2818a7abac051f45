-- The keys that sign the tokens of an app: all of them count, and the newest one signs.
CREATE TABLE token_keys (
    -- A later key has a higher one, and none gets that of a key that was deleted.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id TEXT NOT NULL REFERENCES apps,
    -- As its operator calls it.
    key_id TEXT NOT NULL,
    -- For HMAC-SHA256.
    key BLOB NOT NULL CHECK (length(key) >= 32),
    -- In milliseconds since the Unix epoch. Null: an earlier version has made it.
    created_at INTEGER,
    UNIQUE (app_id, key_id)
) STRICT;

INSERT INTO token_keys (app_id, key_id, key) SELECT app_id, 'first', token_key FROM apps;

ALTER TABLE apps DROP COLUMN token_key;
