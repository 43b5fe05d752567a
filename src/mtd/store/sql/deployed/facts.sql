-- name: facts.watched
-- The conditions at which the latest versions begin.
SELECT name, version, element, met FROM condition_start c
WHERE tenant_id = :tenant AND NOT EXISTS (
    SELECT FROM definition d
    WHERE d.tenant_id = c.tenant_id AND d.name = c.name AND d.version > c.version
)
ORDER BY name, element;

-- name: facts.locked
-- The same, held until this transaction is over: changes are looked at one after the other.
SELECT name, version, element, met FROM condition_start c
WHERE tenant_id = :tenant AND NOT EXISTS (
    SELECT FROM definition d
    WHERE d.tenant_id = c.tenant_id AND d.name = c.name AND d.version > c.version
)
ORDER BY name, element
FOR UPDATE OF c;

-- name: facts.change
-- These facts have these values from now on.
INSERT INTO fact AS f (tenant_id, name, changed_by, value)
SELECT :tenant, g.name, :person, g.value
FROM unnest(:names::text[], :values::bytea[]) AS g (name, value)
ON CONFLICT (tenant_id, name) DO UPDATE
SET value = excluded.value, changed_by = excluded.changed_by, changed_at = now()
WHERE f.value <> excluded.value;

-- name: facts.listing
-- Every fact, by name.
SELECT name, value, changed_at, changed_by FROM fact WHERE tenant_id = :tenant ORDER BY name;

-- name: facts.met
-- Whether these conditions hold now.
UPDATE condition_start c SET met = g.met
FROM unnest(:names::text[], :elements::text[], :mets::boolean[]) AS g (name, element, met)
WHERE c.tenant_id = :tenant AND c.name = g.name AND c.element = g.element;

-- name: facts.forget
-- The conditions of a definition's older versions.
DELETE FROM condition_start
WHERE tenant_id = :tenant AND name = :name AND version < :version
  AND element <> ALL (:elements::text[]);

-- name: facts.register
-- The conditions at which a version begins, unless a newer one was deployed; what holds already
-- at the same start of an older one has begun its instance.
INSERT INTO condition_start AS c (tenant_id, name, version, element, met)
SELECT :tenant, :name, :version, g.element, false
FROM unnest(:elements::text[]) AS g (element)
WHERE NOT EXISTS (
    SELECT FROM definition d
    WHERE d.tenant_id = :tenant AND d.name = :name AND d.version > :version
)
ON CONFLICT (tenant_id, name, element) DO UPDATE
SET version = excluded.version
WHERE c.version < excluded.version;
