-- name: discards.ask
-- Somebody asks that a waiting file be given up; who asked first, asked.
INSERT INTO discard_request (tenant_id, id, file_id, asked_by, reason)
VALUES (:tenant, :id, :file, :person, :reason)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: discards.open
-- What is asked of these files and not decided.
SELECT id::text, file_id::text AS file, asked_by, reason, at FROM discard_request
WHERE tenant_id = :tenant AND file_id = ANY(:files::uuid[]) AND settled_at IS NULL;

-- name: discards.settle
-- Another than who asked decides.
UPDATE discard_request SET settled_at = now(), settled_by = :person, agreed = :agreed
WHERE tenant_id = :tenant AND id = :id AND settled_at IS NULL
  AND (asked_by <> :person OR NOT :agreed::boolean)
RETURNING file_id::text AS file, reason, asked_by;
