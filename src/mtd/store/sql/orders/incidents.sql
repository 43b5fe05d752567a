-- name: incidents.page
-- Open incidents, oldest first, from after one on.
SELECT
    instance_id::text AS instance, id, element, code, message, at, settled_at
FROM incident
WHERE tenant_id = :tenant AND settled_at IS NULL
  AND (:code::text IS NULL OR code = :code)
  AND (
    :after_at::timestamptz IS NULL
    OR (at, instance_id, id) > (:after_at, :after_instance::uuid, :after_id::integer)
  )
ORDER BY at, instance_id, id LIMIT :page;

-- name: incidents.of
-- All incidents that an instance ever had.
SELECT instance_id::text AS instance, id, element, code, message, at, settled_at
FROM incident
WHERE tenant_id = :tenant AND instance_id = :instance
ORDER BY id;

-- name: incidents.undelivered
-- Messages that nobody took, newest first, with the reason.
SELECT id::text, at, given_up_at, reason, name, key, payload
FROM undelivered
WHERE tenant_id = :tenant AND (:below::uuid IS NULL OR id < :below)
ORDER BY id DESC LIMIT :page;
