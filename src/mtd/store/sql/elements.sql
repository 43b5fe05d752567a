-- name: elements.troubled
-- Orders with an open incident, by version and element: by the index of those alone.
SELECT i.definition, n.element, count(DISTINCT n.instance_id) AS orders
FROM incident n
JOIN instance i ON i.tenant_id = n.tenant_id AND i.id = n.instance_id
LEFT JOIN purchase_order o ON o.tenant_id = n.tenant_id AND o.id = n.instance_id
WHERE n.tenant_id = :tenant AND n.settled_at IS NULL
    AND (:stores::text[] IS NULL OR o.store = ANY(:stores))
GROUP BY i.definition, n.element;

-- name: elements.asked
-- Orders that wait for a person, by version and element: by the index of open tasks.
SELECT i.definition, t.element, count(DISTINCT t.instance_id) AS orders
FROM user_task t
JOIN instance i ON i.tenant_id = t.tenant_id AND i.id = t.instance_id
LEFT JOIN purchase_order o ON o.tenant_id = t.tenant_id AND o.id = t.instance_id
WHERE t.tenant_id = :tenant AND t.closed_at IS NULL
    AND (:stores::text[] IS NULL OR o.store = ANY(:stores))
GROUP BY i.definition, t.element;

-- name: elements.hurry
-- From now on in this transaction, who does not answer within this time is not waited for.
SELECT set_config('statement_timeout', :limit_ms, true);

-- name: elements.running
-- Instances that run, by version.
SELECT definition, count(*) AS instances FROM instance
WHERE tenant_id = :tenant AND state = 'RUNNING' GROUP BY definition;
