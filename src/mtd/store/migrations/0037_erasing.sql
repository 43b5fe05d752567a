-- A person who is erased has a key of a second kind left: what opens the tax documents that have to
-- be kept, and nothing else. It goes by itself when the last of them need be kept no longer.

ALTER TABLE person_key ADD COLUMN due_at timestamptz;
COMMENT ON COLUMN person_key.due_at IS
    'of the key that an erasure left for what the law makes us keep: when it goes; null: every other';
CREATE INDEX person_key_due ON person_key (due_at) WHERE due_at IS NOT NULL AND wrapped IS NOT NULL;

-- What an erasure looks for by no other key.
CREATE INDEX tax_document_asked ON tax_document (tenant_id, instance_id) WHERE effect = 'request';
CREATE INDEX intake_file_again ON intake_file (tenant_id, order_id) WHERE order_id <> id;
CREATE INDEX intake_file_held ON intake_file (tenant_id, order_key)
    WHERE state IN ('WAITING', 'REJECTED') AND order_key IS NOT NULL;

GRANT UPDATE (due_at) ON person_key TO mtd_door;
GRANT UPDATE (wrapped, erased_at) ON person_key TO mtd_engine;
GRANT UPDATE (key_id, ciphertext) ON kept_document TO mtd_door;
GRANT DELETE ON order_search TO mtd_door;
GRANT UPDATE (words) ON remark TO mtd_door;
GRANT UPDATE (message) ON intake_failure TO mtd_door;
