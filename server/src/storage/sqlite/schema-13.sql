-- Users and models belong to their mini-program: no record of one is in the way of another one's.

-- Who has the app, by a name that its operator chooses. Null: nobody whose other apps may learn of its users.
ALTER TABLE apps ADD COLUMN owner TEXT;

CREATE TABLE models_of_apps (
    app_id TEXT NOT NULL REFERENCES apps,
    model_id TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (app_id, model_id)
) STRICT, WITHOUT ROWID;

-- Each app with devices of a model gets one of its own, and every app those that no device has.
INSERT INTO models_of_apps (app_id, model_id, name)
    SELECT app_id, model_id, name FROM models JOIN (SELECT DISTINCT app_id, model_id FROM devices) USING (model_id)
    UNION ALL
    SELECT app_id, model_id, name FROM models JOIN apps
        WHERE NOT deleted AND NOT EXISTS (SELECT 1 FROM devices WHERE devices.model_id = models.model_id);

CREATE TABLE devices_of_apps (
    app_id TEXT NOT NULL REFERENCES apps,
    sn TEXT NOT NULL,
    model_id TEXT NOT NULL,
    registered_by TEXT NOT NULL CHECK (registered_by IN ('sdk', 'wmpf')),
    -- Null: no license was activated.
    license_expires_at INTEGER,
    PRIMARY KEY (app_id, sn),
    FOREIGN KEY (app_id, model_id) REFERENCES models_of_apps
) STRICT, WITHOUT ROWID;

INSERT INTO devices_of_apps (app_id, sn, model_id, registered_by, license_expires_at)
    SELECT app_id, sn, model_id, registered_by, license_expires_at FROM devices;

CREATE TABLE users_of_apps (
    app_id TEXT NOT NULL REFERENCES apps,
    open_id TEXT NOT NULL,
    scope_voip INTEGER NOT NULL CHECK (scope_voip IN (0, 1)),
    -- What WeChat's code2session gave for this user: it signs wx.joinVoIPChat. As it came, in base64.
    session_key TEXT,
    PRIMARY KEY (app_id, open_id)
) STRICT, WITHOUT ROWID;

INSERT INTO users_of_apps (app_id, open_id, scope_voip, session_key)
    SELECT app_id, open_id, scope_voip, session_key FROM users;

-- wx.requestDeviceVoIP: this user lets this device call and be called.
CREATE TABLE authorisations_of_apps (
    app_id TEXT NOT NULL,
    sn TEXT NOT NULL,
    open_id TEXT NOT NULL,
    device_name TEXT NOT NULL,
    -- Whether the user authorises the device: 0 once that was withdrawn. The row stays, because the device keeps the name of
    -- the first grant; an operator deletes it.
    status INTEGER NOT NULL DEFAULT 1 CHECK (status IN (0, 1)),
    PRIMARY KEY (app_id, sn, open_id),
    FOREIGN KEY (app_id, sn) REFERENCES devices_of_apps,
    FOREIGN KEY (app_id, open_id) REFERENCES users_of_apps
) STRICT, WITHOUT ROWID;

INSERT INTO authorisations_of_apps (app_id, sn, open_id, device_name, status)
    SELECT app_id, sn, open_id, device_name, status FROM authorisations;

CREATE TABLE contacts_of_apps (
    app_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    open_id TEXT NOT NULL,
    PRIMARY KEY (app_id, user_id, open_id),
    FOREIGN KEY (app_id, user_id) REFERENCES payment_users,
    FOREIGN KEY (app_id, open_id) REFERENCES users_of_apps
) STRICT, WITHOUT ROWID;

INSERT INTO contacts_of_apps (app_id, user_id, open_id) SELECT app_id, user_id, open_id FROM contacts;

-- Those that refer to others are the first. Renaming a table renames it in what refers to it, too.
DROP TABLE contacts;
DROP TABLE authorisations;
DROP TABLE devices;
DROP TABLE users;
DROP TABLE models;
ALTER TABLE models_of_apps RENAME TO models;
ALTER TABLE devices_of_apps RENAME TO devices;
ALTER TABLE users_of_apps RENAME TO users;
ALTER TABLE authorisations_of_apps RENAME TO authorisations;
ALTER TABLE contacts_of_apps RENAME TO contacts;

-- Which other apps have a user with the same openId.
CREATE INDEX users_by_open_id ON users (open_id);
-- A user's devices, to list them; and what refers to a record, which is looked for when the record is deleted. The appId follows
-- by itself, as the first part of the key; if it is named, SQLite prefers the key to the index.
CREATE INDEX authorisations_by_user ON authorisations (open_id);
CREATE INDEX contacts_by_user ON contacts (open_id);
CREATE INDEX devices_by_model ON devices (model_id);
