-- name: breakers.publish
-- A worker says which of its breakers are not closed; what those said that are no more goes.
WITH me AS MATERIALIZED (SELECT id FROM worker WHERE id = :worker FOR KEY SHARE),
gone AS (
    DELETE FROM breaker b
    WHERE (b.worker = :worker AND b.legacy <> ALL(:legacies::text[]))
        OR NOT EXISTS (SELECT FROM worker w WHERE w.id = b.worker)
)
INSERT INTO breaker (worker, legacy, state, since, failures)
SELECT me.id, b.legacy, b.state, now() - make_interval(secs => b.open_s), b.failures
FROM me, unnest(:legacies::text[], :states::text[], :open_s::float8[], :failures::integer[])
    AS b (legacy, state, open_s, failures)
ON CONFLICT (worker, legacy) DO UPDATE
SET state = excluded.state, since = excluded.since, failures = excluded.failures;

-- name: breakers.closings
-- When somebody last had each breaker closed, of late: what a worker asks.
SELECT legacy, max(at) AS at FROM breaker_closing
WHERE at > now() - make_interval(secs => :lately_s) GROUP BY legacy;

-- name: breakers.close
-- Somebody has a breaker closed.
INSERT INTO breaker_closing (tenant_id, legacy, actor, reason)
VALUES (:tenant, :legacy, :actor, :reason);

-- name: breakers.open
-- Breakers that are not closed, of the workers that live.
SELECT b.legacy, b.worker::text, w.name, b.state, b.since, b.failures
FROM breaker b JOIN worker w ON w.id = b.worker
WHERE w.lease_until > now()
ORDER BY b.legacy, b.since;

-- name: breakers.waiting
-- How many tokens stand before each system, in the stores that somebody sees.
SELECT split_part(s.service, '.', 1) AS legacy, count(*) AS waiting
FROM resting r
JOIN element_service s ON s.tenant_id = r.tenant_id AND s.definition = r.definition
    AND s.element = r.element
WHERE r.tenant_id = :tenant AND (:stores::text[] IS NULL OR r.store = ANY(:stores))
GROUP BY 1;

-- name: breakers.standing
-- How many orders that are not over stand before each system.
SELECT split_part(s.service, '.', 1) AS legacy, count(DISTINCT p.order_id) AS orders
FROM resting r
JOIN element_service s ON s.tenant_id = r.tenant_id AND s.definition = r.definition
    AND s.element = r.element
JOIN open_order p ON p.tenant_id = r.tenant_id AND p.order_id = r.instance_id
WHERE r.tenant_id = :tenant AND (:stores::text[] IS NULL OR p.store = ANY(:stores))
GROUP BY 1;

-- name: breakers.last
-- Who last had each breaker closed, and why.
SELECT DISTINCT ON (legacy) legacy, at, actor, reason FROM breaker_closing
WHERE tenant_id = :tenant ORDER BY legacy, at DESC;
