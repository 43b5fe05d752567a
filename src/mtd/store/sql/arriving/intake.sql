-- name: intake.register
-- Files that were archived; one that is known already is not taken twice.
INSERT INTO intake_file (tenant_id, id, source, path, hash, size_bytes, archive)
SELECT :tenant, f.* FROM unnest(
    :ids::uuid[], :sources::text[], :paths::text[], :hashes::bytea[], :sizes_bytes::bigint[],
    :archives::text[]
) AS f
ON CONFLICT DO NOTHING
RETURNING id::text;

-- name: intake.adopted
-- Files that could not be read when they were registered, and now were, from the same path.
UPDATE intake_file f SET hash = u.hash, size_bytes = u.size_bytes, archive = u.archive
FROM unnest(
    :sources::text[], :paths::text[], :hashes::bytea[], :sizes_bytes::bigint[], :archives::text[]
) AS u (source, path, hash, size_bytes, archive)
WHERE f.tenant_id = :tenant AND f.source = u.source AND f.path = u.path AND f.archive = ''
  AND f.state IN ('NEW', 'READING', 'WAITING')
  AND NOT EXISTS (
    SELECT FROM intake_file k
    WHERE k.tenant_id = :tenant AND k.source = u.source AND k.path = u.path AND k.hash = u.hash
  )
RETURNING f.id::text;

-- name: intake.exhausted
-- Files whose last attempt neither succeeded nor failed: its reader died.
WITH exhausted AS (
    UPDATE intake_file SET state = 'WAITING', cause = 'DELIVERY_FAILED'
    WHERE tenant_id = :tenant AND state IN ('NEW', 'READING') AND due_at <= now()
      AND attempts >= :attempts_max
    RETURNING id, pushes, attempts
),
kept AS (
    INSERT INTO intake_failure (tenant_id, file_id, round, attempt, message)
    SELECT :tenant, id, pushes, attempts, :lapsed FROM exhausted
    ON CONFLICT DO NOTHING
)
SELECT id::text FROM exhausted;

-- name: intake.claim
-- The files that are due, each counted as attempted; of two readers, one gets each.
WITH due AS (
    SELECT id, state FROM intake_file
    WHERE tenant_id = :tenant AND state IN ('NEW', 'READING') AND due_at <= now()
      AND attempts < :attempts_max
    ORDER BY due_at, id LIMIT :page
),
claimed AS (
    UPDATE intake_file f SET state = 'READING', attempts = attempts + 1,
        due_at = now() + make_interval(secs => :lease_s)
    FROM due
    WHERE f.tenant_id = :tenant AND f.id = due.id AND f.state IN ('NEW', 'READING')
      AND f.due_at <= now() AND f.attempts < :attempts_max
    RETURNING f.*, due.state AS was
),
kept AS (
    INSERT INTO intake_failure (tenant_id, file_id, round, attempt, message)
    SELECT :tenant, id, pushes, attempts - 1, :lapsed FROM claimed WHERE was = 'READING'
    ON CONFLICT DO NOTHING
)
SELECT
    id::text, source, path, hash, size_bytes, archive, state, attempts, pushes, cause,
    order_key, order_id::text, arrived_at, due_at, settled_at
FROM claimed ORDER BY id;

-- name: intake.failed
-- Keep why attempts failed; each file comes again when due, or waits after its last attempt.
WITH failed AS (
    UPDATE intake_file f SET
        state = CASE WHEN f.attempts >= :attempts_max THEN 'WAITING' ELSE 'NEW' END,
        cause = CASE WHEN f.attempts >= :attempts_max THEN 'DELIVERY_FAILED' END,
        due_at = now() + make_interval(secs => u.retry_s)
    FROM unnest(:ids::uuid[], :attempts::integer[], :messages::text[], :retries_s::float8[])
        AS u (id, attempt, message, retry_s)
    WHERE f.tenant_id = :tenant AND f.id = u.id AND f.state = 'READING' AND f.attempts = u.attempt
    RETURNING f.id, f.pushes, u.attempt, u.message
),
kept AS (
    INSERT INTO intake_failure (tenant_id, file_id, round, attempt, message)
    SELECT :tenant, id, pushes, attempt, message FROM failed
    ON CONFLICT DO NOTHING
)
SELECT id::text FROM failed;

-- name: intake.settled
-- What became of files that were read; what waits for a person has burned no attempt. What has
-- reached the door is done, whichever attempt brought it there; else the last attempt tells.
WITH settled AS (
    UPDATE intake_file f SET
        state = u.state, cause = u.cause, order_key = u.order_key, order_id = u.order_id,
        attempts = CASE WHEN u.state = 'WAITING' THEN f.attempts - 1 ELSE f.attempts END,
        settled_at = CASE WHEN u.state IN ('DONE', 'DUPLICATE') THEN now() END
    FROM unnest(
        :ids::uuid[], :attempts::integer[], :states::text[], :causes::text[],
        :order_keys::text[], :order_ids::uuid[], :findings::text[]
    ) AS u (id, attempt, state, cause, order_key, order_id, finding)
    WHERE f.tenant_id = :tenant AND f.id = u.id AND (
        f.state = 'READING' AND f.attempts = u.attempt
        OR u.state IN ('DONE', 'DUPLICATE') AND (
            f.state IN ('NEW', 'READING') OR f.state = 'WAITING' AND f.cause = 'DELIVERY_FAILED'
        )
    )
    RETURNING f.id, f.pushes, u.finding
),
kept AS (
    INSERT INTO intake_failure (tenant_id, file_id, round, attempt, message)
    SELECT :tenant, id, pushes, 0, finding FROM settled WHERE finding IS NOT NULL
    ON CONFLICT DO NOTHING
)
SELECT id::text FROM settled;

-- name: intake.push
-- A person has waiting files tried again, from the first attempt on.
WITH pushed AS (
    UPDATE intake_file SET
        state = 'NEW', attempts = 0, pushes = pushes + 1, due_at = now(), cause = NULL
    WHERE tenant_id = :tenant AND id = ANY(:ids::uuid[]) AND state = 'WAITING'
    RETURNING id, pushes
),
ruled AS (
    INSERT INTO intake_ruling (tenant_id, file_id, n, ruling, actor, reason)
    SELECT :tenant, id, pushes, 'PUSHED', :actor, :reason FROM pushed
)
SELECT id::text FROM pushed;

-- name: intake.reject
-- A person gives waiting files up.
WITH rejected AS (
    UPDATE intake_file SET state = 'REJECTED', settled_at = now()
    WHERE tenant_id = :tenant AND id = ANY(:ids::uuid[]) AND state = 'WAITING'
    RETURNING id, pushes
),
ruled AS (
    INSERT INTO intake_ruling (tenant_id, file_id, n, ruling, actor, reason)
    SELECT :tenant, id, pushes + 1, 'REJECTED', :actor, :reason FROM rejected
)
SELECT id::text FROM rejected;

-- name: intake.waiting
-- Files that wait for a person, oldest first, from after one on.
SELECT
    id::text, source, path, hash, size_bytes, archive, state, attempts, pushes, cause,
    order_key, order_id::text, arrived_at, due_at, settled_at
FROM intake_file
WHERE tenant_id = :tenant AND state = 'WAITING'
  AND (:cause::text IS NULL OR cause = :cause)
  AND (
    :after_at::timestamptz IS NULL OR (arrived_at, id) > (:after_at, :after_id::uuid)
  )
ORDER BY arrived_at, id LIMIT :page;

-- name: intake.by_id
-- One file.
SELECT
    id::text, source, path, hash, size_bytes, archive, state, attempts, pushes, cause,
    order_key, order_id::text, arrived_at, due_at, settled_at
FROM intake_file
WHERE tenant_id = :tenant AND id = :id;

-- name: intake.by_ids
-- These files.
SELECT
    id::text, source, path, hash, size_bytes, archive, state, attempts, pushes, cause,
    order_key, order_id::text, arrived_at, due_at, settled_at
FROM intake_file
WHERE tenant_id = :tenant AND id = ANY(:ids::uuid[]);

-- name: intake.known
-- The files registered with these contents at these paths.
SELECT
    id::text, source, path, hash, size_bytes, archive, state, attempts, pushes, cause,
    order_key, order_id::text, arrived_at, due_at, settled_at
FROM intake_file
WHERE tenant_id = :tenant AND (source, path, hash) IN (
    SELECT * FROM unnest(:sources::text[], :paths::text[], :hashes::bytea[])
);

-- name: intake.failures
-- Why the attempts of a file failed.
SELECT round, attempt, at, message FROM intake_failure
WHERE tenant_id = :tenant AND file_id = :id
ORDER BY round, attempt;
