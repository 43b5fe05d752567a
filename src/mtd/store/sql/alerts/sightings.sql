-- name: sightings.arrivals
-- Orders of some windows, each between two ids, by the scope asked for.
SELECT
    w.n, CASE :by::text WHEN 'store' THEN o.store WHEN 'channel' THEN o.channel ELSE '' END AS scope,
    count(*) AS count
FROM unnest(:firsts::uuid[], :lasts::uuid[]) WITH ORDINALITY AS w (first, last, n)
JOIN purchase_order o ON o.tenant_id = :tenant AND o.id >= w.first AND o.id < w.last
GROUP BY 1, 2;

-- name: sightings.arrivals_past
-- Orders that came between two ids, by scope and by windows of so many seconds.
SELECT
    CASE :by::text WHEN 'store' THEN store WHEN 'channel' THEN channel ELSE '' END AS scope,
    (floor(extract(epoch FROM received_at) / :window_s::float8))::bigint AS bucket,
    count(*) AS count
FROM purchase_order
WHERE tenant_id = :tenant AND id >= :first::uuid AND id < :last::uuid
GROUP BY 1, 2;

-- name: sightings.standing
-- Orders that have been in these states for a while: of whatever is not over, each by its own index.
WITH alive AS (
    SELECT id FROM instance
    WHERE tenant_id = :tenant AND slot = ANY(:slots::smallint[])
        AND (wake_at IS NULL OR wake_at < 'infinity')
    UNION
    SELECT id FROM instance
    WHERE tenant_id = :tenant AND slot = ANY(:slots::smallint[]) AND held_by IS NOT NULL
    UNION
    SELECT instance_id FROM subscription WHERE tenant_id = :tenant
    UNION
    SELECT instance_id FROM inbox WHERE tenant_id = :tenant
    UNION
    SELECT instance_id FROM incident WHERE tenant_id = :tenant AND settled_at IS NULL
    UNION
    SELECT instance_id FROM user_task WHERE tenant_id = :tenant AND closed_at IS NULL
)
SELECT
    CASE :by::text WHEN 'store' THEN o.store ELSE '' END AS scope, count(*) AS count,
    min(o.since) AS since, min(o.promised_at) AS promised_at
FROM alive a
JOIN purchase_order o ON o.tenant_id = :tenant AND o.id = a.id
WHERE o.state = ANY(:states::text[])
  AND (:before::timestamptz IS NULL OR o.since < :before)
  AND (:promised::timestamptz IS NULL OR o.promised_at < :promised)
GROUP BY 1;

-- name: sightings.waiting
-- Files that wait for a person, and since when the oldest does.
SELECT
    CASE :by::text WHEN 'store' THEN split_part(path, '/', 2) ELSE '' END AS scope,
    count(*) AS count, min(arrived_at) AS since
FROM intake_file
WHERE tenant_id = :tenant AND state = 'WAITING'
GROUP BY 1;

-- name: sightings.waiting_past
-- From when to when files waited: from the last failure of a round to what people decided then.
SELECT
    CASE :by::text WHEN 'store' THEN split_part(f.path, '/', 2) ELSE '' END AS scope,
    x.since, r.until
FROM (
    SELECT file_id, round, max(at) AS since FROM intake_failure
    WHERE tenant_id = :tenant AND attempt >= :attempts_max AND at >= :since
    GROUP BY file_id, round
) AS x
JOIN intake_file f ON f.tenant_id = :tenant AND f.id = x.file_id
LEFT JOIN LATERAL (
    SELECT min(at) AS until FROM intake_ruling
    WHERE tenant_id = :tenant AND file_id = x.file_id AND at >= x.since
) AS r ON true
ORDER BY x.since LIMIT :page;

-- name: sightings.attempts
-- Attempts between two moments, by counterpart (the connector's first name) or by step.
SELECT
    CASE :by::text WHEN 'step' THEN element ELSE split_part(service, '.', 1) END AS scope,
    sum(attempts)::bigint AS attempts, sum(failures)::bigint AS failures, min(service) AS service,
    min(element) AS element
FROM attempt_tally
WHERE tenant_id = :tenant AND at >= :since AND at < :until AND service NOT LIKE 'message:%'
GROUP BY 1;

-- name: sightings.attempts_past
-- The same by windows of so many seconds.
SELECT
    CASE :by::text WHEN 'step' THEN element ELSE split_part(service, '.', 1) END AS scope,
    (floor(extract(epoch FROM at) / :window_s::float8))::bigint AS bucket,
    sum(attempts)::bigint AS attempts, sum(failures)::bigint AS failures
FROM attempt_tally
WHERE tenant_id = :tenant AND at >= :since AND at < :until AND service NOT LIKE 'message:%'
GROUP BY 1, 2;

-- name: sightings.heard
-- Messages of a name that came in, by windows of so many seconds.
SELECT
    (floor(extract(epoch FROM at) / :window_s::float8))::bigint AS bucket,
    sum(attempts)::bigint AS count
FROM attempt_tally
WHERE tenant_id = :tenant AND at >= :since AND at < :until AND service = :service
GROUP BY 1;

-- name: sightings.tallied_since
-- Since when attempts are counted.
SELECT min(at) AS at FROM attempt_tally WHERE tenant_id = :tenant;

-- name: sightings.arrived
-- Orders that came between two ids, the latest first.
SELECT id::text AS order, store, received_at FROM purchase_order
WHERE tenant_id = :tenant AND id >= :first::uuid AND id < :last::uuid
ORDER BY id DESC LIMIT :page;

-- name: sightings.contents
-- The latest content of these orders, with the keys that open it.
SELECT o.id::text AS order, p.key_id::text, k.wrapped AS wrapped_key, p.ciphertext
FROM unnest(:ids::uuid[]) AS o (id)
CROSS JOIN LATERAL (
    SELECT * FROM order_payload
    WHERE tenant_id = :tenant AND order_id = o.id ORDER BY version DESC LIMIT 1
) AS p
JOIN person_key k ON k.tenant_id = p.tenant_id AND k.person = p.person AND k.key_id = p.key_id
WHERE k.wrapped IS NOT NULL;

-- name: sightings.workers
-- How many workers' leases hold, and since when the eldest of them is there.
SELECT count(*) AS count, min(born_at) AS eldest FROM worker WHERE lease_until > :now;

-- name: sightings.read
-- Keep what was measured: the most and the least of five minutes.
INSERT INTO alert_reading (tenant_id, measure, scope, at, most, least)
SELECT :tenant, r.measure, r.scope, :at, r.observed, r.observed
FROM unnest(:measures::text[], :scopes::text[], :observed::float8[]) AS r (measure, scope, observed)
ON CONFLICT (tenant_id, measure, scope, at) DO UPDATE SET
    most = greatest(alert_reading.most, excluded.most),
    least = least(alert_reading.least, excluded.least);

-- name: sightings.readings
-- What was measured between two moments.
SELECT scope, at, most, least FROM alert_reading
WHERE tenant_id = :tenant AND measure = :measure AND at >= :since AND at < :until
ORDER BY scope, at LIMIT :page;

-- name: sightings.forget
-- Forget old readings.
DELETE FROM alert_reading WHERE tenant_id = :tenant AND at < :before;
