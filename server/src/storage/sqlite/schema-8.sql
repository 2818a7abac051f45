-- How often a call was saved: who saves it writes only over the version that it has read.
ALTER TABLE calls ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
