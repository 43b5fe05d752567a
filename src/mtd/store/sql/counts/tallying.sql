-- name: tallying.hold
-- Nobody else counts before this transaction ends.
SELECT n FROM tally_reader WHERE worker = '00000000-0000-0000-0000-000000000000' FOR UPDATE;

-- name: tallying.count
-- Count the attempts, and messages of some names, of turns that were not counted yet. A worker's
-- turns are numbered in the order of their commits: nothing comes before what was read already.
-- A row may be both: a message that came in the same turn as an answer, whose attempt stands there.
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
    SELECT u.tenant_id, u.instance_id, u.seq
    FROM fresh f, unnest(f.tenants, f.instances, f.seqs) AS u (tenant_id, instance_id, seq)
),
counted AS (
    SELECT
        s.tenant_id, date_trunc('minute', j.at) AS at, c.service, j.element,
        c.outcome IN ('failed', 'unknown', 'in_doubt') AS failed
    FROM steps s
    JOIN journal j
        ON j.tenant_id = s.tenant_id AND j.instance_id = s.instance_id AND j.seq = s.seq
    JOIN call c
        ON c.tenant_id = s.tenant_id AND c.instance_id = s.instance_id AND c.seq = s.seq
    WHERE j.at > :since
    UNION ALL
    SELECT s.tenant_id, date_trunc('minute', j.at), 'message:' || m.name, j.element, false
    FROM steps s
    JOIN journal j
        ON j.tenant_id = s.tenant_id AND j.instance_id = s.instance_id AND j.seq = s.seq
    JOIN unnest(:messages::text[]) AS m (name)
        ON position(convert_to('"' || m.name || '"', 'UTF8') IN j.payload) > 0
    WHERE j.at > :since AND j.kind = 'received'
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
