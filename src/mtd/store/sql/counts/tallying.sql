-- name: tallying.hold
-- Nobody else counts before this transaction ends.
SELECT n FROM tally_reader WHERE worker = '00000000-0000-0000-0000-000000000000' FOR UPDATE;

-- name: tallying.count
-- Count the attempts, and messages of some names, of turns that were not counted yet. A worker's
-- turns are numbered in the order of their commits: nothing comes before what was read already.
-- A row may be both: where an instance is set aside, one row stands for all that came in.
WITH RECURSIVE known (worker) AS (
    (SELECT worker FROM turn ORDER BY worker LIMIT 1)
    UNION ALL
    SELECT (SELECT t.worker FROM turn t WHERE t.worker > k.worker ORDER BY t.worker LIMIT 1)
    FROM known k WHERE k.worker IS NOT NULL
),
fresh AS MATERIALIZED (
    SELECT k.worker, t.n, t.tenants, t.instances, t.seqs
    FROM known k
    LEFT JOIN tally_reader r ON r.worker = k.worker
    CROSS JOIN LATERAL (
        SELECT * FROM turn
        WHERE turn.worker = k.worker AND turn.n > coalesce(r.n, -1) ORDER BY turn.n LIMIT :turns_max
    ) AS t
),
steps AS (
    SELECT
        u.tenant_id, u.instance_id, u.seq, date_trunc('minute', j.at) AS at, j.element,
        CASE WHEN j.kind = 'received' THEN j.payload END AS heard
    FROM fresh f
    CROSS JOIN LATERAL unnest(f.tenants, f.instances, f.seqs) AS u (tenant_id, instance_id, seq)
    JOIN journal j
        ON j.tenant_id = u.tenant_id AND j.instance_id = u.instance_id AND j.seq = u.seq
    WHERE j.at > :since
),
counted AS (
    SELECT
        s.tenant_id, s.at, c.service, s.element,
        c.outcome IN ('failed', 'unknown', 'in_doubt') AS failed
    FROM steps s
    JOIN call c
        ON c.tenant_id = s.tenant_id AND c.instance_id = s.instance_id AND c.seq = s.seq
    UNION ALL
    SELECT s.tenant_id, s.at, 'message:' || m.name, s.element, false
    FROM steps s
    JOIN unnest(:messages::text[]) AS m (name)
        ON position(convert_to('"' || m.name || '"', 'UTF8') IN s.heard) > 0
),
tallied AS (
    INSERT INTO attempt_tally (tenant_id, at, service, element, attempts, failures)
    SELECT tenant_id, at, service, element, count(*), count(*) FILTER (WHERE failed)
    FROM counted GROUP BY tenant_id, at, service, element
    ON CONFLICT (tenant_id, at, service, element) DO UPDATE SET
        attempts = attempt_tally.attempts + excluded.attempts,
        failures = attempt_tally.failures + excluded.failures
),
read AS (
    INSERT INTO tally_reader (worker, n) SELECT worker, max(n) FROM fresh GROUP BY worker
    ON CONFLICT (worker) DO UPDATE SET n = excluded.n
)
SELECT count(*) AS turns FROM fresh;

-- name: tallying.forget
-- Forget old counts.
DELETE FROM attempt_tally WHERE at < :before;
