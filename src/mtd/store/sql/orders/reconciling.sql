-- name: reconciling.sales
-- What a store sold between two moments, oldest first, with what was kept and done of each.
SELECT
    country || '/' || store || '/' || channel || '/' || external_id AS order,
    placed_at, amount AS total, state,
    ARRAY(
        SELECT DISTINCT split_part(d.name, '.', 1) FROM kept_document d
        WHERE d.tenant_id = o.tenant_id AND d.order_id = o.id ORDER BY 1
    ) AS documents,
    ARRAY(
        SELECT DISTINCT c.service FROM call c
        WHERE c.tenant_id = o.tenant_id AND c.instance_id = o.id AND c.outcome = 'done'
          AND c.service = ANY(:services::text[]) ORDER BY 1
    ) AS done
FROM purchase_order o
WHERE o.tenant_id = :tenant AND o.store = :store
  AND o.placed_at >= :begins AND o.placed_at < :ends
ORDER BY o.id LIMIT :page;

-- name: reconciling.documents
-- Documents of a store's sales that MTD itself issued between two moments, and that stand.
SELECT
    o.country || '/' || o.store || '/' || o.channel || '/' || o.external_id AS order,
    t.issued_at, concat_ws('-', t.type_code, nullif(t.series, ''), t.folio) AS document, t.total
FROM tax_document t
JOIN purchase_order o ON o.tenant_id = t.tenant_id AND o.id = t.instance_id
WHERE t.tenant_id = :tenant AND o.store = :store AND t.type_code = ANY(:types::text[])
  AND t.issued_at >= :begins AND t.issued_at < :ends
  AND t.state NOT IN ('DRAFT', 'FOLIO_ASSIGNED', 'REJECTED', 'VOIDED')
ORDER BY t.issued_at LIMIT :page;
