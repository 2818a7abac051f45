-- Whose record was deleted: their session tokens, which may be valid for long, are refused until there is a record again.
CREATE TABLE deleted_parties (
    app_id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('device', 'phone')),
    id TEXT NOT NULL,
    PRIMARY KEY (app_id, role, id)
) STRICT, WITHOUT ROWID;
