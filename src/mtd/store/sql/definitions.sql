-- name: definitions.deploy
-- A new version of a definition, unless its latest is the same to the byte.
WITH latest AS (
    SELECT version, digest FROM definition
    WHERE tenant_id = :tenant AND name = :name
    ORDER BY version DESC LIMIT 1
),
deployed AS (
    INSERT INTO definition (
        tenant_id, name, version, deployed_by, format, digest, source, bindings
    )
    SELECT
        :tenant, :name, coalesce((SELECT version FROM latest), 0) + 1, :deployed_by, :format,
        :digest, :source, :bindings
    WHERE NOT EXISTS (SELECT FROM latest WHERE digest = :digest)
    ON CONFLICT DO NOTHING
    RETURNING version
)
SELECT version FROM deployed
UNION ALL
SELECT version FROM latest WHERE digest = :digest;

-- name: definitions.latest
-- The latest version of each definition.
SELECT DISTINCT ON (name) name, version
FROM definition WHERE tenant_id = :tenant
ORDER BY name, version DESC;

-- name: definitions.source
-- What one version was compiled from.
SELECT format, source, bindings
FROM definition WHERE tenant_id = :tenant AND name = :name AND version = :version;
