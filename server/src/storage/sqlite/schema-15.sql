-- How many minutes an app may use that were not paid for.
ALTER TABLE apps ADD COLUMN overdraft INTEGER NOT NULL DEFAULT 0 CHECK (overdraft >= 0);
-- How many minutes of a call are paid. Of one that is on now they are paid when something happens to it next.
ALTER TABLE calls ADD COLUMN paid_minutes INTEGER NOT NULL DEFAULT 0;
