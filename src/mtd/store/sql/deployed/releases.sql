-- name: releases.ask
-- Files that somebody asks to be deployed.
INSERT INTO release_request (tenant_id, id, asked_by, names, reason, files)
VALUES (:tenant, :id, :person, :names, :reason, :files);

-- name: releases.open
-- What is asked and not decided, the oldest first.
SELECT id::text, at, asked_by, names, reason, settled_at, settled_by, agreed FROM release_request
WHERE tenant_id = :tenant AND settled_at IS NULL ORDER BY id LIMIT :page;

-- name: releases.one
-- One with its files.
SELECT id::text, at, asked_by, names, reason, settled_at, settled_by, agreed, files
FROM release_request WHERE tenant_id = :tenant AND id = :id;

-- name: releases.settle
-- Somebody decides; what is decided stays decided.
UPDATE release_request SET settled_at = now(), settled_by = :person, agreed = :agreed
WHERE tenant_id = :tenant AND id = :id AND settled_at IS NULL
RETURNING id;
