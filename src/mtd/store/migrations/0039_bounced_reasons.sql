-- What a provider said of a letter that came back may quote whoever it was for: an erasure finds it
-- by what the message was keyed by, also of letters without a document.

ALTER TABLE mail_bounce ADD COLUMN key text COLLATE "C";
COMMENT ON COLUMN mail_bounce.key IS 'what the message was keyed by: an order''s key, as a rule; null: of before';
CREATE INDEX mail_bounce_key ON mail_bounce (tenant_id, key);
CREATE INDEX undelivered_key ON undelivered (tenant_id, key);

-- Of earlier letters without a document nobody could tell whose they were, and nobody asked.
UPDATE mail_bounce b SET reason = '' WHERE NOT EXISTS (
    SELECT FROM document_letter l WHERE l.tenant_id = b.tenant_id AND l.mail_id = b.mail_id
);

GRANT UPDATE (reason) ON mail_bounce TO mtd_door;
GRANT UPDATE (refusal) ON document_letter TO mtd_door;
GRANT UPDATE (payload) ON message, undelivered TO mtd_door;
