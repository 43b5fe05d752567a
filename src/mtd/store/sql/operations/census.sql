-- name: census.orders
-- How many orders stand where.
SELECT state, count(*) AS count FROM purchase_order WHERE tenant_id = :tenant GROUP BY state;

-- name: census.files
-- How many files stand where, and for those that became an order, where that stands.
SELECT f.state AS file, coalesce(o.state, '') AS order, count(*) AS count
FROM intake_file f
LEFT JOIN purchase_order o
    ON o.tenant_id = f.tenant_id AND o.id = f.order_id AND f.state = 'DONE'
WHERE f.tenant_id = :tenant
GROUP BY f.state, o.state;

-- name: census.backlog
-- What waits to be done, and since when the oldest does.
SELECT
    (SELECT count(*) FROM inbox WHERE tenant_id = :tenant) AS inbox,
    (SELECT min(at) FROM inbox WHERE tenant_id = :tenant) AS inbox_since,
    (SELECT count(*) FROM message WHERE tenant_id = :tenant) AS messages,
    (SELECT count(*) FROM undelivered WHERE tenant_id = :tenant) AS undelivered,
    (SELECT count(*) FROM user_task WHERE tenant_id = :tenant AND closed_at IS NULL) AS tasks,
    (SELECT count(*) FROM incident WHERE tenant_id = :tenant AND settled_at IS NULL) AS incidents,
    (
        SELECT count(*) FROM order_conflict WHERE tenant_id = :tenant AND settled_at IS NULL
    ) AS conflicts,
    (
        SELECT count(*) FROM intake_file WHERE tenant_id = :tenant AND state = 'WAITING'
    ) AS files_waiting;

-- name: census.intake
-- The files that are not done with, each kind by its own index; rejections are people's, and few.
SELECT due.*, waiting.*, rejected.*
FROM (
    SELECT count(*) AS due, min(arrived_at) AS due_since
    FROM intake_file WHERE tenant_id = :tenant AND state IN ('NEW', 'READING')
) AS due, (
    SELECT count(*) AS waiting, min(arrived_at) AS waiting_since
    FROM intake_file WHERE tenant_id = :tenant AND state = 'WAITING'
) AS waiting, (
    SELECT count(*) AS rejected
    FROM intake_ruling WHERE tenant_id = :tenant AND ruling = 'REJECTED'
) AS rejected;

-- name: census.health
-- Whether the database answers and workers work.
SELECT
    now() AS now,
    (SELECT count(*) FROM worker WHERE lease_until > now()) AS workers,
    (SELECT count(*) FROM slot WHERE worker IS NULL) AS slots_free,
    (SELECT connectors_paused FROM engine) AS connectors_paused;

-- name: census.server
-- The database server, as far as a door sees it.
SELECT
    current_setting('server_version') AS version,
    pg_database_size(current_database()) AS size_bytes,
    (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS connections,
    current_setting('max_connections')::integer AS connections_max;

-- name: census.workers
-- Who works, since when, and on how many slots.
SELECT
    w.id::text, w.name, w.born_at, w.lease_until > now() AS alive,
    (SELECT count(*) FROM slot s WHERE s.worker = w.id) AS slots
FROM worker w ORDER BY w.born_at LIMIT :page;
