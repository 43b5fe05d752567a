-- An attempt's key is made of its visit, and no more of its wait, whose number another order of
-- parallel paths would change.

ALTER TABLE call ADD COLUMN visit text COLLATE "C";
COMMENT ON COLUMN call.visit IS
    'with instance and element, the idempotency key; null in rows older than that, where it is wait';
