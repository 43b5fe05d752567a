-- name: pauses.begin
-- Somebody pauses something; one that is paused already stays as it is.
INSERT INTO pause (tenant_id, id, kind, process, name, label, actor, reason)
SELECT :tenant, p.* FROM unnest(
    :ids::uuid[], :kinds::text[], :processes::text[], :names::text[], :labels::text[],
    :actors::text[], :reasons::text[]
) AS p
ON CONFLICT DO NOTHING
RETURNING id::text;

-- name: pauses.lift
-- Somebody ends these pauses.
UPDATE pause SET lifted_at = now(), lifted_by = :actor, lifted_why = :reason
WHERE tenant_id = :tenant AND id = ANY(:ids::uuid[]) AND lifted_at IS NULL
RETURNING id::text;

-- name: pauses.page
-- Pauses, the newest first, each with how many instances wait for its end.
SELECT
    id::text, kind, process, name, label, at, actor, reason, lifted_at, lifted_by, lifted_why,
    (
        SELECT count(*) FROM instance i
        WHERE i.slot = ANY(:slots::smallint[]) AND i.held_by = p.id AND i.tenant_id = :tenant
          AND i.state = 'RUNNING'
    ) AS held
FROM pause p
WHERE tenant_id = :tenant AND (NOT :only_open OR lifted_at IS NULL)
  AND (:ids::uuid[] IS NULL OR id = ANY(:ids::uuid[]))
ORDER BY at DESC, id DESC LIMIT :page;

-- name: pauses.held
-- Who waits for the end of a pause, oldest first, from after one on.
SELECT id::text, key, definition FROM instance
WHERE slot = ANY(:slots::smallint[]) AND held_by = :id::uuid AND tenant_id = :tenant
  AND state = 'RUNNING' AND (:after::uuid IS NULL OR id > :after)
ORDER BY id LIMIT :page;

-- name: pauses.open
-- Everything that is paused, of all tenants: what a worker asks.
SELECT tenant_id AS tenant, id::text, kind, process, name, label, at, actor, reason
FROM pause WHERE lifted_at IS NULL
ORDER BY at, id;

-- name: pauses.wake
-- Instances of these slots whose pause is over: due again, one after the other.
WITH fence AS MATERIALIZED (SELECT id FROM worker WHERE id = :worker FOR KEY SHARE),
freed AS (
    SELECT i.tenant_id, i.id, row_number() OVER (ORDER BY i.id) - 1 AS rank
    FROM instance i
    WHERE i.slot = ANY(:slots::smallint[]) AND i.held_by IS NOT NULL AND i.wake_at > now()
      AND NOT EXISTS (
        SELECT FROM pause p
        WHERE p.tenant_id = i.tenant_id AND p.id = i.held_by AND p.lifted_at IS NULL
    )
    ORDER BY i.id LIMIT :rows_max
)
UPDATE instance i
SET held_by = NULL, wake_at = least(i.wake_at, now() + make_interval(secs => freed.rank / :per_s))
FROM fence, freed
WHERE i.tenant_id = freed.tenant_id AND i.id = freed.id AND i.held_by IS NOT NULL
  AND i.wake_at > now()
RETURNING i.id;
