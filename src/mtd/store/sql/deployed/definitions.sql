-- name: definitions.deploy
-- New versions of definitions, save for those whose latest is the same to the byte.
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(
        :names::text[], :tags::text[], :formats::text[], :digests::bytea[], :sources::bytea[],
        :bindings::bytea[]
    ) AS g (name, tag, format, digest, source, bindings)
),
latest AS (
    SELECT DISTINCT ON (d.name) d.name, d.version
    FROM given g JOIN definition d ON d.tenant_id = :tenant AND d.name = g.name
    ORDER BY d.name, d.version DESC
),
known AS (
    SELECT g.name, max(d.version) AS version
    FROM given g
    JOIN definition d ON d.tenant_id = :tenant AND d.name = g.name
        AND d.digest = g.digest AND g.tag IN ('', d.tag)
    LEFT JOIN latest l ON l.name = d.name AND l.version = d.version
    WHERE :ever OR l.version IS NOT NULL
    GROUP BY g.name
),
deployed AS (
    INSERT INTO definition (
        tenant_id, name, version, tag, deployed_by, format, digest, source, bindings
    )
    SELECT
        :tenant, g.name, coalesce(l.version, 0) + 1, g.tag, :deployed_by, g.format, g.digest,
        g.source, g.bindings
    FROM given g LEFT JOIN latest l USING (name)
    WHERE g.name NOT IN (SELECT name FROM known)
    ON CONFLICT DO NOTHING
    RETURNING name, version
)
SELECT name, version, true AS fresh FROM deployed
UNION ALL
SELECT name, version, false AS fresh FROM known;

-- name: definitions.deploy_models
-- New versions of decision models, save for those whose latest is the same to the byte.
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(
        :names::text[], :tags::text[], :digests::bytea[], :sources::bytea[]
    ) AS g (name, tag, digest, source)
),
latest AS (
    SELECT DISTINCT ON (d.name) d.name, d.version
    FROM given g JOIN decision_model d ON d.tenant_id = :tenant AND d.name = g.name
    ORDER BY d.name, d.version DESC
),
known AS (
    SELECT g.name, max(d.version) AS version
    FROM given g
    JOIN decision_model d ON d.tenant_id = :tenant AND d.name = g.name
        AND d.digest = g.digest AND g.tag IN ('', d.tag)
    LEFT JOIN latest l ON l.name = d.name AND l.version = d.version
    WHERE :ever OR l.version IS NOT NULL
    GROUP BY g.name
),
deployed AS (
    INSERT INTO decision_model (tenant_id, name, version, tag, deployed_by, digest, source)
    SELECT
        :tenant, g.name, coalesce(l.version, 0) + 1, g.tag, :deployed_by, g.digest, g.source
    FROM given g LEFT JOIN latest l USING (name)
    WHERE g.name NOT IN (SELECT name FROM known)
    ON CONFLICT DO NOTHING
    RETURNING name, version
)
SELECT name, version, true AS fresh FROM deployed
UNION ALL
SELECT name, version, false AS fresh FROM known;

-- name: definitions.listing
-- Every version of every definition and decision model, without what it holds.
SELECT 'process' AS kind, name, version, tag, format, deployed_at, deployed_by
FROM definition WHERE tenant_id = :tenant
UNION ALL
SELECT 'table' AS kind, name, version, tag, name AS format, deployed_at, deployed_by
FROM decision_model WHERE tenant_id = :tenant
ORDER BY kind, name, version;

-- name: definitions.source
-- What one version was compiled from.
SELECT format, source AS drawing, bindings
FROM definition WHERE tenant_id = :tenant AND name = :name AND version = :version;

-- name: definitions.model
-- One version of a decision model.
SELECT source FROM decision_model
WHERE tenant_id = :tenant AND name = :name AND version = :version;
