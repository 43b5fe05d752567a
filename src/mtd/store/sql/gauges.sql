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
