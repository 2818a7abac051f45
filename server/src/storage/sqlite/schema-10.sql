-- How many calls of one caller ring is counted before another one does.
CREATE INDEX calls_by_caller ON calls (app_id, caller_role, caller_id, rings_until);
