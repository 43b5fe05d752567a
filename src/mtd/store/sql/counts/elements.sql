-- name: elements.troubled
-- Orders with an open incident, by version and element: by the index of those alone.
SELECT i.definition, n.element, count(DISTINCT n.instance_id) AS orders
FROM incident n
JOIN instance i ON i.tenant_id = n.tenant_id AND i.id = n.instance_id
LEFT JOIN purchase_order o ON o.tenant_id = n.tenant_id AND o.id = n.instance_id
WHERE n.tenant_id = :tenant AND n.settled_at IS NULL
    AND (:stores::text[] IS NULL OR o.store = ANY(:stores))
GROUP BY i.definition, n.element;

-- name: elements.running
-- Instances with a token in a version's drawing, by version: of what runs alone, whatever ended.
SELECT definition, count(DISTINCT instance_id) AS instances FROM resting
WHERE tenant_id = :tenant AND (:stores::text[] IS NULL OR store = ANY(:stores))
GROUP BY definition;
