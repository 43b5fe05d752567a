-- name: migrate.create_history
-- The list of what has been applied; it belongs to the database, not to a tenant.
CREATE TABLE IF NOT EXISTS migration (
    version integer PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    sha256 bytea NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- name: migrate.has_history
-- Whether any migration was ever run here.
SELECT to_regclass('migration') IS NOT NULL;

-- name: migrate.take_turn
-- One starter at a time: the others wait for this one's commit, readers of the list do not.
LOCK TABLE migration IN SHARE ROW EXCLUSIVE MODE;

-- name: migrate.do_not_queue
-- A migration that waits for a busy table makes everybody else wait behind it: not for long.
SET LOCAL lock_timeout = '3s';

-- name: migrate.applied
-- What has been applied, oldest first.
SELECT version, name, sha256, applied_at FROM migration ORDER BY version;

-- name: migrate.record
-- One migration is applied.
INSERT INTO migration (version, name, sha256) VALUES (:version, :name, :sha256);
