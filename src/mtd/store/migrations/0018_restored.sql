-- When the database was last restored: what was sent between the backup and the loss is not in it.

ALTER TABLE engine ADD COLUMN restored_at timestamptz;
COMMENT ON COLUMN engine.restored_at IS
    'steps may have reached the others'' systems unknown to us: they are asked first';
