-- name: trace.entries
-- An instance's journal, from after one row on.
SELECT seq, at, kind, element, payload FROM journal
WHERE tenant_id = :tenant AND instance_id = :instance AND seq > :after
ORDER BY seq LIMIT :page;

-- name: trace.calls
-- The evidence of what was sent between two rows of the journal.
SELECT seq, n, wait, coalesce(visit, wait::text) AS visit, attempt, service, at, took_ms, outcome,
    request, response
FROM call
WHERE tenant_id = :tenant AND instance_id = :instance AND seq > :after AND seq <= :until
ORDER BY seq, n;

-- name: trace.over
-- Whether an instance's process came to its end.
SELECT state <> 'RUNNING' AS over FROM instance WHERE tenant_id = :tenant AND id = :instance;

-- name: trace.instance
-- What an instance runs on, its business key, and whether it still runs.
SELECT definition, key, state FROM instance WHERE tenant_id = :tenant AND id = :instance;

-- name: trace.running
-- The oldest running instances of a definition.
SELECT id FROM instance
WHERE tenant_id = :tenant AND definition = :definition AND state = 'RUNNING'
ORDER BY id LIMIT :page;
