-- The demo's records. What is already there stays, keys included, so tokens outlive a restart. Minutes are used up by
-- calls, so there are at least these again. All apps have one owner, so that they can tell each other's users (19).

INSERT INTO apps (app_id, owner, approved, minutes_left) VALUES
    ('wxde00000000000001', 'wmpf-voip demo', 1, 1000000), -- the demo's own
    ('wxde00000000000002', 'wmpf-voip demo', 0, 1000),    -- not approved yet
    ('wxde00000000000003', 'wmpf-voip demo', 1, 0),       -- in arrears
    ('wxde00000000000004', 'wmpf-voip demo', 1, 1000)     -- another one
    ON CONFLICT DO UPDATE SET owner = coalesce(owner, excluded.owner),
        minutes_left = max(minutes_left, excluded.minutes_left), deleted = 0;

INSERT INTO token_keys (app_id, key_id, key, created_at)
    SELECT app_id, 'first', randomblob(32), CAST(unixepoch('subsec') * 1000 AS INTEGER) FROM apps
    WHERE app_id IN ('wxde00000000000001', 'wxde00000000000002', 'wxde00000000000003', 'wxde00000000000004')
        AND NOT EXISTS (SELECT 1 FROM token_keys WHERE token_keys.app_id = apps.app_id);

INSERT OR IGNORE INTO models (app_id, model_id, name) VALUES
    ('wxde00000000000001', 'DEMO_MODEL_DOORBELL', 'Video Doorbell'),
    ('wxde00000000000001', 'DEMO_MODEL_TV', 'Smart TV'),
    ('wxde00000000000001', 'DEMO_MODEL_PANEL', 'Wall Panel'),
    ('wxde00000000000002', 'DEMO_MODEL_PANEL', 'Wall Panel'),
    ('wxde00000000000003', 'DEMO_MODEL_PANEL', 'Wall Panel');

INSERT OR IGNORE INTO devices (app_id, sn, model_id, registered_by, license_expires_at) VALUES
    -- 4102444800000 is the year 2100, 1577836800000 the year 2020.
    ('wxde00000000000001', 'DEMO-DOORBELL-01', 'DEMO_MODEL_DOORBELL', 'sdk', NULL),
    ('wxde00000000000001', 'DEMO-DOORBELL-02', 'DEMO_MODEL_DOORBELL', 'sdk', NULL),
    ('wxde00000000000001', 'DEMO-PANEL-01', 'DEMO_MODEL_PANEL', 'sdk', NULL),
    ('wxde00000000000001', 'DEMO-TV-01', 'DEMO_MODEL_TV', 'wmpf', NULL),
    ('wxde00000000000001', 'DEMO-TV-02', 'DEMO_MODEL_TV', 'wmpf', 4102444800000),
    ('wxde00000000000001', 'DEMO-TV-EXPIRED', 'DEMO_MODEL_TV', 'wmpf', 1577836800000),
    ('wxde00000000000002', 'DEMO-PANEL-02', 'DEMO_MODEL_PANEL', 'sdk', NULL),
    ('wxde00000000000003', 'DEMO-PANEL-03', 'DEMO_MODEL_PANEL', 'sdk', NULL);

INSERT OR IGNORE INTO users (open_id, app_id, scope_voip) VALUES
    ('oDemo-Alice-0000000000000000', 'wxde00000000000001', 1),
    ('oDemo-Bob-000000000000000000', 'wxde00000000000001', 1),
    ('oDemo-Withdrew-0000000000000', 'wxde00000000000001', 1),
    ('oDemo-NoScope-00000000000000', 'wxde00000000000001', 0),
    ('oDemo-NoContact-000000000000', 'wxde00000000000001', 1),
    ('oDemo-Unapproved-00000000000', 'wxde00000000000002', 1),
    ('oDemo-NoMinutes-000000000000', 'wxde00000000000003', 1),
    ('oDemo-OtherApp-0000000000000', 'wxde00000000000004', 1);

INSERT OR IGNORE INTO authorisations (app_id, sn, open_id, device_name) VALUES
    ('wxde00000000000001', 'DEMO-DOORBELL-01', 'oDemo-Alice-0000000000000000', '前门'),
    -- The two pairs of handsets: each of the four can call both of the other kind.
    ('wxde00000000000001', 'DEMO-DOORBELL-01', 'oDemo-Bob-000000000000000000', '前门'),
    ('wxde00000000000001', 'DEMO-DOORBELL-02', 'oDemo-Alice-0000000000000000', '后门'),
    ('wxde00000000000001', 'DEMO-DOORBELL-02', 'oDemo-Bob-000000000000000000', '后门'),
    ('wxde00000000000001', 'DEMO-PANEL-01', 'oDemo-Alice-0000000000000000', '客厅'),
    ('wxde00000000000001', 'DEMO-TV-01', 'oDemo-Alice-0000000000000000', '卧室'),
    ('wxde00000000000001', 'DEMO-TV-02', 'oDemo-Alice-0000000000000000', '书房'),
    ('wxde00000000000001', 'DEMO-TV-EXPIRED', 'oDemo-Alice-0000000000000000', '车库'),
    ('wxde00000000000002', 'DEMO-PANEL-02', 'oDemo-Unapproved-00000000000', '客厅'),
    ('wxde00000000000003', 'DEMO-PANEL-03', 'oDemo-NoMinutes-000000000000', '客厅');

INSERT OR IGNORE INTO authorisations (app_id, sn, open_id, device_name, status) VALUES
    ('wxde00000000000001', 'DEMO-DOORBELL-01', 'oDemo-Withdrew-0000000000000', '前门', 0);

INSERT OR IGNORE INTO payment_users (app_id, user_id, license_expires_at) VALUES
    ('wxde00000000000001', 'demo-student', 4102444800000),
    ('wxde00000000000001', 'demo-student-expired', 1577836800000),
    ('wxde00000000000001', 'demo-student-unlicensed', NULL);

INSERT OR IGNORE INTO contacts (app_id, user_id, open_id) VALUES
    ('wxde00000000000001', 'demo-student', 'oDemo-Alice-0000000000000000'),
    ('wxde00000000000001', 'demo-student', 'oDemo-NoScope-00000000000000'),
    ('wxde00000000000001', 'demo-student-expired', 'oDemo-Alice-0000000000000000'),
    ('wxde00000000000001', 'demo-student-unlicensed', 'oDemo-Alice-0000000000000000');
