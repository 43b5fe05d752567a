-- Who sent a message, so that one that nobody took can be told from others of its name and key.

ALTER TABLE message ADD COLUMN source text COLLATE "C";
ALTER TABLE message ADD COLUMN message_id text COLLATE "C";
COMMENT ON COLUMN message.source IS 'null: an instance sent it';
