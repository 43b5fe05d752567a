-- name: clients.add
-- A client of the API.
INSERT INTO api_client (tenant_id, id, name, key_hash)
VALUES (:tenant, :id, :name, :key_hash)
ON CONFLICT DO NOTHING;

-- name: clients.by_key
-- Whose key it is, unless it was revoked.
SELECT id::text, name, created_at, revoked_at FROM api_client
WHERE tenant_id = :tenant AND key_hash = :key_hash AND revoked_at IS NULL;

-- name: clients.listing
-- All clients of the API.
SELECT id::text, name, created_at, revoked_at FROM api_client
WHERE tenant_id = :tenant ORDER BY id;

-- name: clients.revoke
-- A key opens nothing any more.
UPDATE api_client SET revoked_at = now()
WHERE tenant_id = :tenant AND id = :id AND revoked_at IS NULL
RETURNING id;
