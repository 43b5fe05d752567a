-- Messages that are given up are found by an index; the messages of one conversation that a parallel
-- event-based gateway begins find each other, though none is taken yet; the engine reads no `seen`.

CREATE INDEX message_expiry ON message (expires_at);

ALTER TABLE starter ADD COLUMN gathers boolean;
COMMENT ON COLUMN starter.gathers IS 'true: the instance that it begins awaits the other messages of its gateway';

ALTER TABLE inbox ADD COLUMN gathers boolean;
COMMENT ON COLUMN inbox.gathers IS 'true of a start: the others of its conversation wait for it, and begin nothing';
CREATE UNIQUE INDEX inbox_gathering ON inbox (tenant_id, definition, key) WHERE gathers;

REVOKE SELECT ON seen FROM mtd_engine;
