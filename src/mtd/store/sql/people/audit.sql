-- name: audit.add
-- What somebody did or tried.
INSERT INTO audit_entry (
    tenant_id, id, at, actor, origin, action, subject, reason, before, after
)
VALUES (
    :tenant, :id, now(), :actor, :origin, :action, :subject, :reason, :before, :after
);

-- name: audit.begin
-- The chain of a tenant that has none yet.
INSERT INTO audit_head (tenant_id, "position", chain) VALUES (:tenant, 0, '')
ON CONFLICT DO NOTHING;

-- name: audit.head
-- Where the chain ends; whoever seals next waits for this one.
SELECT "position", chain FROM audit_head WHERE tenant_id = :tenant FOR UPDATE;

-- name: audit.unsealed
-- Entries that are in no chain yet, oldest first.
SELECT id::text, at, actor, origin, action, subject, reason, before, after
FROM audit_entry WHERE tenant_id = :tenant AND "position" IS NULL
ORDER BY id LIMIT :page;

-- name: audit.seal
-- Entries get their places in the chain.
UPDATE audit_entry e SET "position" = u.place, digest = u.digest, chain = u.chain
FROM unnest(:ids::uuid[], :positions::bigint[], :digests::bytea[], :chains::bytea[])
    AS u (id, place, digest, chain)
WHERE e.tenant_id = :tenant AND e.id = u.id AND e."position" IS NULL
RETURNING e.id;

-- name: audit.grow
-- The chain ends here now.
UPDATE audit_head SET "position" = :position, chain = :chain WHERE tenant_id = :tenant;

-- name: audit.end
-- Where the chain ends, for whoever only looks.
SELECT "position", chain FROM audit_head WHERE tenant_id = :tenant;

-- name: audit.chained
-- The chain from after one place on.
SELECT
    id::text, at, actor, origin, action, subject, reason, before, after, "position", digest, chain
FROM audit_entry WHERE tenant_id = :tenant AND "position" > :after
ORDER BY "position" LIMIT :page;

-- name: audit.sought
-- What people did, by who, what, to what, when and from where; of some stores alone.
sought AS (
    SELECT * FROM audit_entry
    WHERE tenant_id = :tenant
        AND id < :below::uuid AND id > :above::uuid
        AND (:actor::text IS NULL OR actor = :actor)
        AND (:action::text IS NULL OR action = :action)
        AND (:kind::text IS NULL OR split_part(action, '.', 1) = :kind)
        AND (:actors_out::text[] IS NULL OR actor <> ALL(:actors_out))
        AND (:actions_out::text[] IS NULL OR action <> ALL(:actions_out))
        AND (:kinds_out::text[] IS NULL OR split_part(action, '.', 1) <> ALL(:kinds_out))
        AND (:origin::text IS NULL OR origin = :origin)
        AND (
            :subjects::text[] IS NULL OR subject = ANY(:subjects)
            OR starts_with(subject, :tasks_of::text)
        )
        AND (:word::text IS NULL OR position(:word IN lower(reason || before || after)) > 0)
        AND (:stores::text[] IS NULL OR split_part(subject, '/', 2) = ANY(:stores))
)

-- name: audit.search
-- Of it, the newest first: by the key itself, for its text has no index.
SELECT id::text, at, actor, origin, action, subject, reason, before, after, "position"
FROM sought ORDER BY sought.id DESC LIMIT :page;

-- name: audit.search_back
-- Of it, the oldest.
SELECT id::text, at, actor, origin, action, subject, reason, before, after, "position"
FROM sought ORDER BY sought.id LIMIT :page;

-- name: audit.many
-- How much there is of it, up to a bound.
SELECT count(*) AS count FROM (SELECT FROM sought LIMIT :page) AS few;

-- name: audit.actions
-- Every action that there is an entry of, each found by one step in an index.
WITH RECURSIVE known AS (
    (
        SELECT action FROM audit_entry WHERE tenant_id = :tenant ORDER BY action LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT e.action FROM audit_entry e
        WHERE e.tenant_id = :tenant AND e.action > known.action ORDER BY e.action LIMIT 1
    )
    FROM known WHERE known.action IS NOT NULL
)
SELECT action FROM known WHERE action IS NOT NULL LIMIT :page;

-- name: audit.open
-- How many entries are not sealed yet, up to a bound.
SELECT count(*) FROM (
    SELECT FROM audit_entry WHERE tenant_id = :tenant AND "position" IS NULL LIMIT :page
) AS unsealed;

-- name: audit.page
-- What people did, newest first, from below one on, by actor, action and subject where given.
SELECT id::text, at, actor, origin, action, subject, reason, before, after, "position"
FROM audit_entry
WHERE tenant_id = :tenant
    AND (:below::uuid IS NULL OR id < :below)
    AND (:actor::text IS NULL OR actor = :actor)
    AND (:action::text IS NULL OR action = :action)
    AND (:subject::text IS NULL OR subject = :subject)
ORDER BY audit_entry.id DESC LIMIT :page;
