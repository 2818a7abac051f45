-- How a call ended, without the details. Null: it goes on.
ALTER TABLE calls ADD COLUMN ending TEXT;

-- In JSON an ending is its word, or an object whose one member has that name.
UPDATE calls SET ending = (
    SELECT CASE type WHEN 'object' THEN (SELECT key FROM json_each(calls.call, '$.phase.ended.ending')) ELSE atom END
    FROM json_each(calls.call, '$.phase.ended') WHERE key = 'ending'
) WHERE state = 'ended' AND call IS NOT NULL;

-- The calls of an app that are on. Their history may be a thousand times as long.
CREATE INDEX calls_on ON calls (app_id, room_id) WHERE state <> 'ended';

-- Whom the path of an entry names. Null: nobody, or nobody any more.
ALTER TABLE audit ADD COLUMN app_id TEXT;
ALTER TABLE audit ADD COLUMN open_id TEXT;
ALTER TABLE audit ADD COLUMN user_id TEXT;
CREATE INDEX audit_by_user ON audit (app_id, open_id) WHERE open_id IS NOT NULL;
CREATE INDEX audit_by_payment_user ON audit (app_id, user_id) WHERE user_id IS NOT NULL;

-- Persons whose record was deleted, and of whom there is still something to remove.
CREATE TABLE deleted_persons (
    app_id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('device', 'phone')),
    id TEXT NOT NULL,
    -- In milliseconds since the Unix epoch, by the service's clock. What came later belongs to a new record.
    deleted_at INTEGER NOT NULL,
    -- The last entry of the audit record then.
    last_audit_id INTEGER NOT NULL,
    PRIMARY KEY (app_id, role, id)
) STRICT, WITHOUT ROWID;
