-- name: buyers.claimable
-- Accepted invoices of which buyers may still say something, and that were not asked about lately.
SELECT d.tenant_id AS tenant, d.issuer, d.type_code, d.series, d.folio, coalesce(
    o.country || '/' || o.store || '/' || o.channel || '/' || o.external_id, ''
) AS order
FROM tax_document d
LEFT JOIN purchase_order o ON o.tenant_id = d.tenant_id AND o.id = d.instance_id
WHERE d.type_code IN ('33', '34') AND d.state IN ('ACCEPTED', 'ACCEPTED_WITH_OBJECTIONS')
  AND d.issuer = ANY (:issuers::text[])
  AND d.changed_at > now() - make_interval(days => :days)
  AND (d.register_asked_at IS NULL
       OR d.register_asked_at < now() - make_interval(secs => :every_s))
ORDER BY d.register_asked_at NULLS FIRST, d.changed_at
LIMIT :page;

-- name: buyers.asked
-- The register was asked about a document.
UPDATE tax_document SET register_asked_at = now()
WHERE tenant_id = :tenant AND issuer = :issuer AND type_code = :type_code AND series = :series
  AND folio = :folio;

-- name: buyers.heard
-- Keep what was recorded of a document; those that are news, and claims that nobody awaits.
WITH fence AS MATERIALIZED (SELECT id FROM worker WHERE id = :worker FOR KEY SHARE)
INSERT INTO buyer_event (
    tenant_id, issuer, type_code, folio, code, recorded_at, by_tax_id, description, unheard
)
SELECT :tenant, :issuer, :type_code, :folio, u.code, u.recorded_at, u.by_tax_id, u.description,
    u.code = ANY (:claims::text[]) AND NOT EXISTS (
        SELECT FROM subscription s
        WHERE s.tenant_id = :tenant AND s.name = :claimed AND s.key = :order
    )
FROM fence, unnest(
    :codes::text[], :recorded_ats::text[], :by_tax_ids::text[], :descriptions::text[]
) AS u (code, recorded_at, by_tax_id, description)
ON CONFLICT DO NOTHING
RETURNING code, recorded_at, by_tax_id, description, seen_at, unheard;

-- name: buyers.of
-- What was recorded of a document, oldest first.
SELECT code, recorded_at, by_tax_id, description, seen_at, coalesce(unheard, false) AS unheard
FROM buyer_event
WHERE tenant_id = :tenant AND issuer = :issuer AND type_code = :type_code AND folio = :folio
ORDER BY seen_at, code;

-- name: buyers.unheard
-- Claims that no process heard, read between two moments, and since when a note answers them.
SELECT
    e.type_code || '-' || e.folio AS document, e.code, e.seen_at, o.id::text AS order,
    coalesce(o.store, '') AS store, coalesce(o.external_id, '') AS external_id, n.answered_at
FROM buyer_event e
JOIN tax_document d
    ON d.tenant_id = e.tenant_id AND d.issuer = e.issuer AND d.type_code = e.type_code
    AND d.series = '' AND d.folio = e.folio
LEFT JOIN purchase_order o ON o.tenant_id = d.tenant_id AND o.id = d.instance_id
LEFT JOIN LATERAL (
    SELECT min(issued_at) AS answered_at FROM tax_document
    WHERE tenant_id = e.tenant_id AND issuer = e.issuer AND refers_type = e.type_code
      AND refers_folio = e.folio AND type_code = ANY (:notes::text[]) AND state <> 'VOIDED'
      AND issued_at > e.seen_at
) AS n ON true
WHERE e.tenant_id = :tenant AND e.unheard AND e.seen_at >= :since AND e.seen_at < :until
ORDER BY e.seen_at LIMIT :page;
