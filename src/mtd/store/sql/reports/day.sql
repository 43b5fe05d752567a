-- name: day.causes
-- Incidents that began in a span of time, by error and element, and how many are still open.
SELECT
    n.code, n.element, coalesce(i.definition, '') AS definition,
    count(DISTINCT n.instance_id) AS orders, count(*) AS incidents,
    count(DISTINCT n.instance_id) FILTER (WHERE n.settled_at IS NULL) AS open
FROM incident n
JOIN purchase_order o ON o.tenant_id = n.tenant_id AND o.id = n.instance_id
LEFT JOIN instance i ON i.tenant_id = n.tenant_id AND i.id = n.instance_id
WHERE n.tenant_id = :tenant AND n.at >= :since AND n.at < :until
    AND (:stores::text[] IS NULL OR o.store = ANY(:stores))
GROUP BY n.code, n.element, i.definition
ORDER BY orders DESC, incidents DESC, n.code, n.element LIMIT :page;

-- name: day.unsettled
-- Tax documents of which the authority has not said the last word, by issuer; each by its index.
SELECT issuer, stage, sum(documents)::bigint AS documents, min(since) AS since FROM (
    SELECT issuer, 'unsent' AS stage, count(*) AS documents, min(handed_at) AS since
    FROM tax_document
    WHERE tenant_id = :tenant AND state = 'SIGNED' AND handed_at IS NOT NULL
        AND envelope_id IS NULL
    GROUP BY issuer
    UNION ALL
    SELECT issuer, CASE WHEN state = 'SENT' THEN 'unanswered' ELSE 'unsent' END,
        sum(documents), min(made_at)
    FROM envelope
    WHERE tenant_id = :tenant AND state <> 'CLOSED'
    GROUP BY 1, 2
) AS u
GROUP BY issuer, stage ORDER BY issuer, stage;
