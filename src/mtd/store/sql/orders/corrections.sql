-- name: corrections.keep
-- The next version of an order's content, with who made it so; nothing where another was first.
WITH kept AS (
    INSERT INTO order_payload (tenant_id, version, order_id, key_id, person, hash, ciphertext)
    VALUES (:tenant, :version, :order, :key_id, :person, :hash, :ciphertext)
    ON CONFLICT DO NOTHING
    RETURNING version
),
told AS (
    INSERT INTO order_correction (
        tenant_id, version, wait, order_id, key_id, task, actor, fields, person, reason
    )
    SELECT
        :tenant, version, :wait, :order, :key_id, :task, :actor, :fields::text[], :person, :reason
    FROM kept
),
found AS (
    INSERT INTO order_search (tenant_id, order_id, digest)
    SELECT :tenant, :order, d.digest FROM kept, unnest(:digests::bytea[]) AS d (digest)
    ON CONFLICT DO NOTHING
)
SELECT version FROM kept;

-- name: corrections.of
-- What people corrected in an order, the first first, each with the key that opens its reason.
SELECT c.version, c.at, c.task, c.wait, c.actor, c.fields, c.reason, c.key_id::text, k.wrapped AS wrapped_key
FROM order_correction c
JOIN person_key k ON k.tenant_id = c.tenant_id AND k.person = c.person AND k.key_id = c.key_id
WHERE c.tenant_id = :tenant AND c.order_id = :order
ORDER BY c.version;
