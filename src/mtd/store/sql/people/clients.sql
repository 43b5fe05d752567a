-- name: clients.add
-- A client of the API.
INSERT INTO api_client (tenant_id, id, name, key_hash)
VALUES (:tenant, :id, :name, :key_hash)
ON CONFLICT DO NOTHING;

-- name: clients.by_key
-- Whose key it is, unless its time is over.
SELECT id::text, name, created_at, revoked_at FROM api_client
WHERE tenant_id = :tenant AND key_hash = :key_hash
    AND (revoked_at IS NULL OR revoked_at > now());

-- name: clients.listing
-- All clients of the API.
SELECT id::text, name, created_at, revoked_at FROM api_client
WHERE tenant_id = :tenant ORDER BY id;

-- name: clients.revoke
-- A key opens nothing any more after so many seconds.
UPDATE api_client SET revoked_at = now() + make_interval(secs => :after_s)
WHERE tenant_id = :tenant AND id = :id AND (revoked_at IS NULL OR revoked_at > now())
RETURNING id::text, name, created_at, revoked_at;
