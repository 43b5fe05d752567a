-- name: gauges.read
-- Where the server stands: its clock, its log, its commits, and who serves this session.
SELECT
    clock_timestamp() AS now,
    (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint AS wal_bytes,
    (SELECT sum(xact_commit)::bigint FROM pg_stat_database) AS commits,
    pg_backend_pid() AS backend;

-- name: gauges.idle
-- Whether nothing has come in and nothing lives in a worker's memory.
SELECT NOT EXISTS (SELECT FROM inbox WHERE tenant_id = :tenant)
    AND NOT EXISTS (SELECT FROM instance WHERE tenant_id = :tenant AND wake_at IS NULL) AS idle;

-- name: gauges.shares
-- How many slots each worker has.
SELECT count(s.slot) AS slots
FROM worker w LEFT JOIN slot s ON s.worker = w.id
GROUP BY w.id;

-- name: gauges.states
-- How many instances are in each state.
SELECT state, count(*) AS count FROM instance WHERE tenant_id = :tenant GROUP BY state;

-- name: gauges.last
-- When the last step since then was taken.
SELECT max(at) AS at FROM journal WHERE tenant_id = :tenant AND at >= :since;

-- name: gauges.gaps
-- Seconds from each step of an instance to its next, of those begun since then; and of the
-- first, from its arrival at the door.
SELECT
    instance_id::text AS instance, seq,
    extract(epoch FROM at - coalesce(
        lag(at) OVER (PARTITION BY instance_id ORDER BY seq),
        (SELECT o.received_at FROM purchase_order o
         WHERE o.tenant_id = journal.tenant_id AND o.id = journal.instance_id)
    ))::float8 AS gap_s
FROM journal
WHERE tenant_id = :tenant AND at >= :since;

-- name: gauges.lives
-- When each order's instance took its first step and its last, and whether it has ended.
SELECT
    i.key, i.state, min(j.at) AS began_at, max(j.at) AS last_at
FROM instance i
JOIN journal j ON j.tenant_id = i.tenant_id AND j.instance_id = i.id
WHERE i.tenant_id = :tenant
GROUP BY i.id, i.key, i.state;

-- name: gauges.steps
-- How many steps were taken in each second since then.
SELECT date_trunc('second', at) AS second, count(*) AS count
FROM journal WHERE tenant_id = :tenant AND at >= :since
GROUP BY 1 ORDER BY 1;

-- name: gauges.workers
-- Who has a row, by name, and how many slots are with somebody who has one.
SELECT w.name, (
    SELECT count(*) FROM slot s WHERE s.worker IN (SELECT id FROM worker)
) AS owned
FROM worker w;

-- name: gauges.unsettled
-- The orders that are not closed and whose instance goes on, with their state, and whether an
-- incident says why.
SELECT
    o.country || '/' || o.store || '/' || o.channel || '/' || o.external_id AS key, o.state,
    EXISTS (
        SELECT FROM incident n
        WHERE n.tenant_id = i.tenant_id AND n.instance_id = i.id AND n.settled_at IS NULL
    ) AS seen
FROM instance i
JOIN purchase_order o ON o.tenant_id = i.tenant_id AND o.id = i.id
WHERE i.tenant_id = :tenant AND i.state = 'RUNNING' AND o.state <> :closed;

-- name: gauges.documented
-- The sales that have a document which counts, with its number, and whether it is of their amount.
SELECT
    o.country || '/' || o.store || '/' || o.channel || '/' || o.external_id AS key,
    d.issuer, d.type_code, d.folio, d.total::bigint AS total, d.total = o.amount AS exact
FROM tax_document d
JOIN purchase_order o ON o.tenant_id = d.tenant_id AND o.id = d.instance_id
WHERE d.tenant_id = :tenant AND d.is_sale AND d.state NOT IN ('REJECTED', 'VOIDED');

-- name: gauges.documents
-- How many tax documents are in each state.
SELECT state, count(*) AS count FROM tax_document WHERE tenant_id = :tenant GROUP BY state;

-- name: gauges.doubts
-- The instances of a process: whether each has ended, and whether an open incident says why not.
SELECT
    i.key, i.state = 'COMPLETED' AS ended,
    EXISTS (
        SELECT FROM incident n
        WHERE n.tenant_id = i.tenant_id AND n.instance_id = i.id AND n.settled_at IS NULL
          AND n.code = :code
    ) AS seen
FROM instance i
WHERE i.tenant_id = :tenant AND i.definition LIKE :process || '@%';

-- name: gauges.wait
-- What is answered after a while.
SELECT pg_sleep(:wait_s::float8);
