-- name: failed.add
-- Attempts that ended otherwise than well.
INSERT INTO failed_attempt (tenant_id, instance_id, seq, at, outcome, definition, element, store)
SELECT u.* FROM unnest(
    :tenants::integer[], :instances::uuid[], :seqs::integer[], :ats::timestamptz[],
    :outcomes::text[], :definitions::text[], :elements::text[], :stores::text[]
) AS u;

-- name: failed.forget
-- Look for them anew.
DELETE FROM failed_attempt;

-- name: failed.among
-- What is kept of those of these instances.
SELECT
    a.tenant_id AS tenant, a.instance_id::text AS instance, a.seq, a.at, a.outcome, a.definition,
    a.element, a.store
FROM unnest(:tenants::integer[], :instances::uuid[]) AS w (tenant_id, instance_id)
JOIN failed_attempt a ON a.tenant_id = w.tenant_id AND a.instance_id = w.instance_id;

-- name: failed.count
-- How many are kept.
SELECT count(*) AS n FROM failed_attempt;

-- name: failed.sought
-- Those of a span of time, before one of them, at a system or an element.
sought AS (
    SELECT a.*, coalesce(s.service, '') AS service FROM failed_attempt a
    LEFT JOIN element_service s ON s.tenant_id = a.tenant_id
        AND s.definition = a.definition AND s.element = a.element
    WHERE a.tenant_id = :tenant AND a.at >= :since
        AND (a.at, a.instance_id, a.seq)
            < (:under_at::timestamptz, :under_instance::uuid, :under_seq::integer)
        AND (a.outcome = 'refused') = :refused::boolean
        AND (:system::text IS NULL OR split_part(s.service, '.', 1) = :system)
        AND (:definition::text IS NULL OR a.definition = :definition)
        AND (:element::text IS NULL OR a.element = :element)
        AND (:stores::text[] IS NULL OR a.store = ANY(:stores))
)

-- name: failed.page
-- The latest of them, with the call that each was, where there was one.
SELECT
    p.instance_id::text AS instance, p.seq, p.at, p.outcome, p.definition, p.element, p.store,
    p.service, coalesce(o.external_id, i.key, p.instance_id::text) AS name, o.id IS NOT NULL AS is_order, c.attempt,
    c.took_ms
FROM (SELECT * FROM sought ORDER BY at DESC, instance_id DESC, seq DESC LIMIT :page) p
LEFT JOIN instance i ON i.tenant_id = :tenant AND i.id = p.instance_id
LEFT JOIN purchase_order o ON o.tenant_id = :tenant AND o.id = p.instance_id
LEFT JOIN LATERAL (
    SELECT attempt, took_ms FROM call
    WHERE tenant_id = :tenant AND instance_id = p.instance_id AND seq = p.seq ORDER BY n LIMIT 1
) c ON true
ORDER BY p.at DESC, p.instance_id DESC, p.seq DESC;

-- name: failed.many
-- How many there are, up to a bound.
SELECT count(*) AS count FROM (SELECT FROM sought LIMIT :page) AS few;
