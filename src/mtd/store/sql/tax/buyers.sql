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
-- Keep what was recorded of a document; those that are news.
WITH fence AS MATERIALIZED (SELECT id FROM worker WHERE id = :worker FOR KEY SHARE)
INSERT INTO buyer_event (
    tenant_id, issuer, type_code, folio, code, recorded_at, by_tax_id, description
)
SELECT :tenant, :issuer, :type_code, :folio, u.code, u.recorded_at, u.by_tax_id, u.description
FROM fence, unnest(
    :codes::text[], :recorded_ats::text[], :by_tax_ids::text[], :descriptions::text[]
) AS u (code, recorded_at, by_tax_id, description)
ON CONFLICT DO NOTHING
RETURNING code, recorded_at, by_tax_id, description, seen_at;

-- name: buyers.of
-- What was recorded of a document, oldest first.
SELECT code, recorded_at, by_tax_id, description, seen_at FROM buyer_event
WHERE tenant_id = :tenant AND issuer = :issuer AND type_code = :type_code AND folio = :folio
ORDER BY seen_at, code;

-- name: buyers.is_heard
-- Whether anybody awaits a message of this name and key.
SELECT EXISTS (
    SELECT FROM subscription WHERE tenant_id = :tenant AND name = :name AND key = :key
) AS heard;
