-- Whether the user authorises the device: 0 once that was withdrawn. The row stays, because the device keeps the name of the
-- first grant; an operator deletes it.
ALTER TABLE authorisations ADD COLUMN status INTEGER NOT NULL DEFAULT 1 CHECK (status IN (0, 1));
