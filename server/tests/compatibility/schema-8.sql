PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE apps (
    app_id TEXT PRIMARY KEY,
    -- Signs this mini-program's tokens (HMAC-SHA256).
    token_key BLOB NOT NULL CHECK (length(token_key) >= 32),
    -- Whether the platform has approved its audio/video capability.
    approved INTEGER NOT NULL CHECK (approved IN (0, 1)),
    minutes_left INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO apps VALUES('wxde00000000000001',X'e9593336c8db6f8f3e67d42f6945d18dcfcd2e5965da2ae6b65ce5ba1e83eb7b',1,999999);
INSERT INTO apps VALUES('wxde00000000000002',X'a5c09e214aec4e874366f8cfbba3faca74efc409b8469a89104402f75a76d382',0,1000);
INSERT INTO apps VALUES('wxde00000000000003',X'eb40e77e39cba0cc5f41ccc5be911f4e172dbf5d6bb9c4e81aa310b3e718d0ed',1,0);
INSERT INTO apps VALUES('wxde00000000000004',X'067b98cf9e861fa86522673b7ec02b97a9455a90866c370992d4b573b778772e',1,1000);
CREATE TABLE models (
    model_id TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO models VALUES('DEMO_MODEL_DOORBELL','Video Doorbell');
INSERT INTO models VALUES('DEMO_MODEL_PANEL','Wall Panel');
INSERT INTO models VALUES('DEMO_MODEL_TV','Smart TV');
CREATE TABLE devices (
    app_id TEXT NOT NULL REFERENCES apps,
    sn TEXT NOT NULL,
    model_id TEXT NOT NULL REFERENCES models,
    registered_by TEXT NOT NULL CHECK (registered_by IN ('sdk', 'wmpf')),
    -- Null: no license was activated.
    license_expires_at INTEGER,
    PRIMARY KEY (app_id, sn)
) STRICT, WITHOUT ROWID;
INSERT INTO devices VALUES('wxde00000000000001','DEMO-DOORBELL-01','DEMO_MODEL_DOORBELL','sdk',NULL);
INSERT INTO devices VALUES('wxde00000000000001','DEMO-DOORBELL-02','DEMO_MODEL_DOORBELL','sdk',NULL);
INSERT INTO devices VALUES('wxde00000000000001','DEMO-PANEL-01','DEMO_MODEL_PANEL','sdk',NULL);
INSERT INTO devices VALUES('wxde00000000000001','DEMO-TV-01','DEMO_MODEL_TV','wmpf',NULL);
INSERT INTO devices VALUES('wxde00000000000001','DEMO-TV-02','DEMO_MODEL_TV','wmpf',4102444800000);
INSERT INTO devices VALUES('wxde00000000000001','DEMO-TV-EXPIRED','DEMO_MODEL_TV','wmpf',1577836800000);
INSERT INTO devices VALUES('wxde00000000000002','DEMO-PANEL-02','DEMO_MODEL_PANEL','sdk',NULL);
INSERT INTO devices VALUES('wxde00000000000003','DEMO-PANEL-03','DEMO_MODEL_PANEL','sdk',NULL);
CREATE TABLE users (
    -- One person has another openId in each mini-program, so it is unique by itself.
    open_id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES apps,
    scope_voip INTEGER NOT NULL CHECK (scope_voip IN (0, 1))
, session_key TEXT) STRICT, WITHOUT ROWID;
INSERT INTO users VALUES('oDemo-Alice-0000000000000000','wxde00000000000001',1,NULL);
INSERT INTO users VALUES('oDemo-Bob-000000000000000000','wxde00000000000001',1,NULL);
INSERT INTO users VALUES('oDemo-NoContact-000000000000','wxde00000000000001',1,NULL);
INSERT INTO users VALUES('oDemo-NoMinutes-000000000000','wxde00000000000003',1,NULL);
INSERT INTO users VALUES('oDemo-NoScope-00000000000000','wxde00000000000001',0,NULL);
INSERT INTO users VALUES('oDemo-OtherApp-0000000000000','wxde00000000000004',1,NULL);
INSERT INTO users VALUES('oDemo-Unapproved-00000000000','wxde00000000000002',1,NULL);
INSERT INTO users VALUES('oDemo-Withdrew-0000000000000','wxde00000000000001',1,NULL);
CREATE TABLE authorisations (
    app_id TEXT NOT NULL,
    sn TEXT NOT NULL,
    open_id TEXT NOT NULL REFERENCES users,
    device_name TEXT NOT NULL, status INTEGER NOT NULL DEFAULT 1 CHECK (status IN (0, 1)),
    PRIMARY KEY (app_id, sn, open_id),
    FOREIGN KEY (app_id, sn) REFERENCES devices
) STRICT, WITHOUT ROWID;
INSERT INTO authorisations VALUES('wxde00000000000001','DEMO-DOORBELL-01','oDemo-Alice-0000000000000000','前门',1);
INSERT INTO authorisations VALUES('wxde00000000000001','DEMO-DOORBELL-01','oDemo-Bob-000000000000000000','前门',1);
INSERT INTO authorisations VALUES('wxde00000000000001','DEMO-DOORBELL-01','oDemo-Withdrew-0000000000000','前门',0);
INSERT INTO authorisations VALUES('wxde00000000000001','DEMO-DOORBELL-02','oDemo-Alice-0000000000000000','后门',1);
INSERT INTO authorisations VALUES('wxde00000000000001','DEMO-DOORBELL-02','oDemo-Bob-000000000000000000','后门',1);
INSERT INTO authorisations VALUES('wxde00000000000001','DEMO-PANEL-01','oDemo-Alice-0000000000000000','客厅',1);
INSERT INTO authorisations VALUES('wxde00000000000001','DEMO-TV-01','oDemo-Alice-0000000000000000','卧室',1);
INSERT INTO authorisations VALUES('wxde00000000000001','DEMO-TV-02','oDemo-Alice-0000000000000000','书房',1);
INSERT INTO authorisations VALUES('wxde00000000000001','DEMO-TV-EXPIRED','oDemo-Alice-0000000000000000','车库',1);
INSERT INTO authorisations VALUES('wxde00000000000002','DEMO-PANEL-02','oDemo-Unapproved-00000000000','客厅',1);
INSERT INTO authorisations VALUES('wxde00000000000003','DEMO-PANEL-03','oDemo-NoMinutes-000000000000','客厅',1);
CREATE TABLE payment_users (
    app_id TEXT NOT NULL REFERENCES apps,
    user_id TEXT NOT NULL,
    -- The license of the face-payment device. Null: none was activated.
    license_expires_at INTEGER,
    PRIMARY KEY (app_id, user_id)
) STRICT, WITHOUT ROWID;
INSERT INTO payment_users VALUES('wxde00000000000001','demo-student',4102444800000);
INSERT INTO payment_users VALUES('wxde00000000000001','demo-student-expired',1577836800000);
INSERT INTO payment_users VALUES('wxde00000000000001','demo-student-unlicensed',NULL);
CREATE TABLE contacts (
    app_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    open_id TEXT NOT NULL REFERENCES users,
    PRIMARY KEY (app_id, user_id, open_id),
    FOREIGN KEY (app_id, user_id) REFERENCES payment_users
) STRICT, WITHOUT ROWID;
INSERT INTO contacts VALUES('wxde00000000000001','demo-student','oDemo-Alice-0000000000000000');
INSERT INTO contacts VALUES('wxde00000000000001','demo-student','oDemo-NoScope-00000000000000');
INSERT INTO contacts VALUES('wxde00000000000001','demo-student-expired','oDemo-Alice-0000000000000000');
INSERT INTO contacts VALUES('wxde00000000000001','demo-student-unlicensed','oDemo-Alice-0000000000000000');
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
, cancelled_at INTEGER, time_limit REAL, caller_camera_status INTEGER NOT NULL DEFAULT 0
    CHECK (caller_camera_status IN (0, 1)), listener_camera_status INTEGER NOT NULL DEFAULT 0
    CHECK (listener_camera_status IN (0, 1)), state TEXT NOT NULL DEFAULT 'ended'
    CHECK (state IN ('ringing', 'waiting', 'talking', 'ended')), call TEXT, events TEXT NOT NULL DEFAULT '[]', caller_away_since INTEGER, listener_away_since INTEGER, billed INTEGER, reminds INTEGER NOT NULL DEFAULT 1 CHECK (reminds IN (0, 1)), version INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO calls VALUES('wxde00000000000001WmpfVoip1796028774673180265365520','wxde00000000000001','device','DEMO-DOORBELL-01','phone','oDemo-Alice-0000000000000000','duration','{"type":"reminder","roomId":"wxde00000000000001WmpfVoip1796028774673180265365520","groupId":"wxde00000000000001WmpfVoip1796028774673180265365520","roomType":"video","businessType":1,"callerId":"DEMO-DOORBELL-01","callerName":"前门 Video Doorbell","listenerId":"oDemo-Alice-0000000000000000","listenerName":"Alice","miniprogramState":"formal","chargeType":"duration","path":"plugin-private://wxf830863afde621eb/pages/call-page-plugin/call-page-plugin?roomType=video&groupId=wxde00000000000001WmpfVoip1796028774673180265365520&listenerId=oDemo-Alice-0000000000000000&callerName=%E5%89%8D%E9%97%A8%20Video%20Doorbell","ringsUntil":1796028834673}',1796028774673,1796028834673,'rejected',X'9f6585c131f00d3c77fcd8c3d7fa9ddd1b5633aa8a34d0d58b546660c9515891',NULL,NULL,0,0,'ended','{"about":{"callerName":"前门 Video Doorbell","listenerName":"Alice","roomType":"video","businessType":1},"timeLimitMs":null,"caller":{"device":null,"joined":false},"listener":{"device":"phone","joined":false},"phase":{"ended":{"ending":{"rejected":{"how":"manual"}},"keepTime":0,"billed":0}}}','[{"to":"caller","at":1796028774712,"event":{"eventName":"rejectVoip","data":{"status":"other"}}},{"to":"caller","at":1796028774712,"event":{"eventName":"endVoip","data":{"keepTime":0,"callerName":"前门 Video Doorbell","listenerName":"Alice","roomType":"video","isCaller":true,"businessType":1}}},{"to":"caller","at":1796028774712,"event":{"eventName":"finishVoip","data":{"keepTime":0}}},{"to":"listener","at":1796028774712,"event":{"eventName":"rejectVoip","data":{"status":"manual"}}},{"to":"listener","at":1796028774712,"event":{"eventName":"endVoip","data":{"keepTime":0,"callerName":"前门 Video Doorbell","listenerName":"Alice","roomType":"video","isCaller":false,"businessType":1}}},{"to":"listener","at":1796028774712,"event":{"eventName":"finishVoip","data":{"keepTime":0}}}]',NULL,NULL,0,1,1);
INSERT INTO calls VALUES('wxde00000000000001WmpfVoip1796028774736437473612679','wxde00000000000001','device','DEMO-DOORBELL-01','phone','oDemo-Alice-0000000000000000','duration','{"type":"reminder","roomId":"wxde00000000000001WmpfVoip1796028774736437473612679","groupId":"wxde00000000000001WmpfVoip1796028774736437473612679","roomType":"video","businessType":1,"callerId":"DEMO-DOORBELL-01","callerName":"前门 Video Doorbell","listenerId":"oDemo-Alice-0000000000000000","listenerName":"Alice","miniprogramState":"formal","chargeType":"duration","path":"plugin-private://wxf830863afde621eb/pages/call-page-plugin/call-page-plugin?roomType=video&groupId=wxde00000000000001WmpfVoip1796028774736437473612679&listenerId=oDemo-Alice-0000000000000000&callerName=%E5%89%8D%E9%97%A8%20Video%20Doorbell","ringsUntil":1796028834736}',1796028774736,1796028834736,'cancelled',X'9f6585c131f00d3c77fcd8c3d7fa9ddd1b5633aa8a34d0d58b546660c9515891',1796028774760,NULL,0,0,'ended','{"about":{"callerName":"前门 Video Doorbell","listenerName":"Alice","roomType":"video","businessType":1},"timeLimitMs":null,"caller":{"device":"-","joined":false},"listener":{"device":null,"joined":false},"phase":{"ended":{"ending":{"cancelled":{"how":"manual"}},"keepTime":0,"billed":0}}}','[{"to":"caller","at":1796028774760,"event":{"eventName":"cancelVoip","data":{"status":"manual"}}},{"to":"caller","at":1796028774760,"event":{"eventName":"endVoip","data":{"keepTime":0,"callerName":"前门 Video Doorbell","listenerName":"Alice","roomType":"video","isCaller":true,"businessType":1}}},{"to":"caller","at":1796028774760,"event":{"eventName":"finishVoip","data":{"keepTime":0}}},{"to":"listener","at":1796028774760,"event":{"eventName":"cancelVoip","data":{"status":"other"}}},{"to":"listener","at":1796028774760,"event":{"eventName":"endVoip","data":{"keepTime":0,"callerName":"前门 Video Doorbell","listenerName":"Alice","roomType":"video","isCaller":false,"businessType":1}}},{"to":"listener","at":1796028774760,"event":{"eventName":"finishVoip","data":{"keepTime":0}}}]',NULL,NULL,0,1,1);
INSERT INTO calls VALUES('wxde00000000000001WmpfVoip1796028774811199086797271','wxde00000000000001','device','DEMO-DOORBELL-01','phone','oDemo-Alice-0000000000000000','duration','{"type":"reminder","roomId":"wxde00000000000001WmpfVoip1796028774811199086797271","groupId":"wxde00000000000001WmpfVoip1796028774811199086797271","roomType":"video","businessType":1,"callerId":"DEMO-DOORBELL-01","callerName":"前门 Video Doorbell","listenerId":"oDemo-Alice-0000000000000000","listenerName":"Alice","miniprogramState":"formal","chargeType":"duration","path":"plugin-private://wxf830863afde621eb/pages/call-page-plugin/call-page-plugin?roomType=video&groupId=wxde00000000000001WmpfVoip1796028774811199086797271&listenerId=oDemo-Alice-0000000000000000&callerName=%E5%89%8D%E9%97%A8%20Video%20Doorbell","ringsUntil":1796028834811}',1796028774811,1796028834811,'hung-up',X'9f6585c131f00d3c77fcd8c3d7fa9ddd1b5633aa8a34d0d58b546660c9515891',1796028776484,NULL,0,0,'ended','{"about":{"callerName":"前门 Video Doorbell","listenerName":"Alice","roomType":"video","businessType":1},"timeLimitMs":null,"caller":{"device":"tv","joined":true},"listener":{"device":"phone","joined":true},"phase":{"ended":{"ending":{"hungUp":{"by":"caller","how":"manual"}},"keepTime":1,"billed":1}}}','[{"to":"listener","at":1796028774871,"event":{"eventName":"hangOnVoip","data":{}}},{"to":"caller","at":1796028774969,"event":{"eventName":"joinedRoomByCaller","data":{}}},{"to":"caller","at":1796028774969,"event":{"eventName":"startVoip","data":{}}},{"to":"listener","at":1796028774969,"event":{"eventName":"startVoip","data":{}}},{"to":"caller","at":1796028776484,"event":{"eventName":"hangUpVoip","data":{"keepTime":1,"status":"endByCaller","origin":"manual"}}},{"to":"caller","at":1796028776484,"event":{"eventName":"endVoip","data":{"keepTime":1,"callerName":"前门 Video Doorbell","listenerName":"Alice","roomType":"video","isCaller":true,"businessType":1}}},{"to":"caller","at":1796028776484,"event":{"eventName":"finishVoip","data":{"keepTime":1}}},{"to":"listener","at":1796028776484,"event":{"eventName":"hangUpVoip","data":{"keepTime":1,"status":"endByCaller","origin":"other"}}},{"to":"listener","at":1796028776484,"event":{"eventName":"endVoip","data":{"keepTime":1,"callerName":"前门 Video Doorbell","listenerName":"Alice","roomType":"video","isCaller":false,"businessType":1}}},{"to":"listener","at":1796028776484,"event":{"eventName":"finishVoip","data":{"keepTime":1}}}]',1796028774969,1796028774918,1,1,4);
INSERT INTO calls VALUES('wxde00000000000001WmpfVoip1796028776492993103722014','wxde00000000000001','device','DEMO-DOORBELL-02','phone','oDemo-Bob-000000000000000000','duration','{"type":"reminder","roomId":"wxde00000000000001WmpfVoip1796028776492993103722014","groupId":"wxde00000000000001WmpfVoip1796028776492993103722014","roomType":"video","businessType":1,"callerId":"DEMO-DOORBELL-02","callerName":"后门 Video Doorbell","listenerId":"oDemo-Bob-000000000000000000","listenerName":"Alice","miniprogramState":"formal","chargeType":"duration","path":"plugin-private://wxf830863afde621eb/pages/call-page-plugin/call-page-plugin?roomType=video&groupId=wxde00000000000001WmpfVoip1796028776492993103722014&listenerId=oDemo-Bob-000000000000000000&callerName=%E5%90%8E%E9%97%A8%20Video%20Doorbell","ringsUntil":1796028836492}',1796028776492,1796028836492,'talks',X'b61e15da832c480eb15d85187674f77a302dcedf271d9f4c1429d3af0b41d4e8',NULL,NULL,0,0,'talking','{"about":{"callerName":"后门 Video Doorbell","listenerName":"Alice","roomType":"video","businessType":1},"timeLimitMs":null,"caller":{"device":"tv","joined":true},"listener":{"device":"phone","joined":true},"phase":{"talking":{"sinceMs":1796028776536}}}','[{"to":"listener","at":1796028776510,"event":{"eventName":"hangOnVoip","data":{}}},{"to":"caller","at":1796028776536,"event":{"eventName":"joinedRoomByCaller","data":{}}},{"to":"caller","at":1796028776536,"event":{"eventName":"startVoip","data":{}}},{"to":"listener","at":1796028776536,"event":{"eventName":"startVoip","data":{}}}]',1796028782603,1796028782589,NULL,1,5);
INSERT INTO calls VALUES('wxde00000000000001WmpfVoip1796028776559378285463952','wxde00000000000001','device','DEMO-DOORBELL-01','phone','oDemo-Alice-0000000000000000','duration','{"type":"reminder","roomId":"wxde00000000000001WmpfVoip1796028776559378285463952","groupId":"wxde00000000000001WmpfVoip1796028776559378285463952","roomType":"video","businessType":1,"callerId":"DEMO-DOORBELL-01","callerName":"前门 Video Doorbell","listenerId":"oDemo-Alice-0000000000000000","listenerName":"Alice","miniprogramState":"formal","chargeType":"duration","path":"plugin-private://wxf830863afde621eb/pages/call-page-plugin/call-page-plugin?roomType=video&groupId=wxde00000000000001WmpfVoip1796028776559378285463952&listenerId=oDemo-Alice-0000000000000000&callerName=%E5%89%8D%E9%97%A8%20Video%20Doorbell","ringsUntil":1796028836559}',1796028776559,1796028836559,'rings',X'9f6585c131f00d3c77fcd8c3d7fa9ddd1b5633aa8a34d0d58b546660c9515891',NULL,NULL,0,0,'ringing','{"about":{"callerName":"前门 Video Doorbell","listenerName":"Alice","roomType":"video","businessType":1},"timeLimitMs":null,"caller":{"device":null,"joined":false},"listener":{"device":null,"joined":false},"phase":{"ringing":{"untilMs":1796028836559}}}','[]',NULL,NULL,NULL,1,0);
CREATE TABLE cancelled_keys (
    app_id TEXT NOT NULL,
    caller_role TEXT NOT NULL,
    caller_id TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    cancelled_at INTEGER NOT NULL,
    UNIQUE (app_id, caller_role, caller_id, idempotency_key)
) STRICT;
CREATE TABLE engaged (
    app_id TEXT NOT NULL,
    role TEXT NOT NULL,
    id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    PRIMARY KEY (app_id, role, id, room_id)
) STRICT, WITHOUT ROWID;
INSERT INTO engaged VALUES('wxde00000000000001','device','DEMO-DOORBELL-02','wxde00000000000001WmpfVoip1796028776492993103722014');
INSERT INTO engaged VALUES('wxde00000000000001','phone','oDemo-Bob-000000000000000000','wxde00000000000001WmpfVoip1796028776492993103722014');
CREATE TABLE heartbeat (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    at INTEGER NOT NULL
) STRICT;
INSERT INTO heartbeat VALUES(1,1796028779703);
CREATE TABLE webhooks (
    app_id TEXT PRIMARY KEY REFERENCES apps,
    url TEXT NOT NULL,
    -- Signs what is sent (HMAC-SHA256).
    secret BLOB NOT NULL CHECK (length(secret) >= 32)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
    room_id TEXT PRIMARY KEY REFERENCES calls ON DELETE CASCADE,
    -- The same at each try, so that the backend can tell a repetition.
    webhook_id TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
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
CREATE UNIQUE INDEX calls_by_idempotency_key
    ON calls (app_id, caller_role, caller_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX calls_by_listener ON calls (app_id, listener_role, listener_id, rings_until);
CREATE INDEX authorisations_by_user ON authorisations (open_id);
CREATE INDEX calls_under_way ON calls (created_at) WHERE state <> 'ended';
CREATE UNIQUE INDEX crossings_by_idempotency_key
    ON crossings (app_id, caller_role, caller_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX crossings_by_room ON crossings (room_id);
COMMIT;
PRAGMA user_version = 8;
