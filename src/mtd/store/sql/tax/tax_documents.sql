-- name: tax_documents.of
-- The documents of these instances, oldest first.
SELECT
    d.tenant_id AS tenant, d.instance_id::text AS instance, d.effect, d.issuer, d.type_code,
    d.series, d.folio, d.provider, d.currency, d.total, d.credited, d.issued_at, d.changed_at,
    d.handed_at, d.state, d.codes, d.reason, d.refers_type, d.refers_series, d.refers_folio,
    d.hash, d.envelope_id::text AS envelope, e.track_id
FROM unnest(:tenants::integer[], :instances::uuid[]) AS i (tenant_id, id)
JOIN tax_document d ON d.tenant_id = i.tenant_id AND d.instance_id = i.id
LEFT JOIN envelope e ON e.tenant_id = d.tenant_id AND e.id = d.envelope_id
ORDER BY d.changed_at, d.folio;

-- name: tax_documents.by_folio
-- One document.
SELECT
    d.tenant_id AS tenant, d.instance_id::text AS instance, d.effect, d.issuer, d.type_code,
    d.series, d.folio, d.provider, d.currency, d.total, d.credited, d.issued_at, d.changed_at,
    d.handed_at, d.state, d.codes, d.reason, d.refers_type, d.refers_series, d.refers_folio,
    d.hash, d.envelope_id::text AS envelope, e.track_id
FROM tax_document d
LEFT JOIN envelope e ON e.tenant_id = d.tenant_id AND e.id = d.envelope_id
WHERE d.tenant_id = :tenant AND d.issuer = :issuer AND d.type_code = :type_code
  AND d.series = :series AND d.folio = :folio;

-- name: tax_documents.bytes
-- The signed bytes of documents, sealed, with what opens them; a person who was erased has none.
SELECT
    d.tenant_id AS tenant, d.instance_id::text AS instance, d.issuer, d.type_code, d.series,
    d.folio, k.person, k.key_id::text, p.wrapped AS wrapped_key, k.ciphertext, k.media_type, d.hash
FROM unnest(
    :tenants::integer[], :issuers::text[], :type_codes::text[], :series::text[],
    :folios::bigint[], :names::text[]
) AS a (tenant_id, issuer, type_code, series, folio, name)
JOIN tax_document d ON d.tenant_id = a.tenant_id AND d.issuer = a.issuer
    AND d.type_code = a.type_code AND d.series = a.series AND d.folio = a.folio
JOIN kept_document k ON k.tenant_id = d.tenant_id AND k.order_id = d.instance_id
    AND k.name = a.name AND k.hash = d.hash
JOIN person_key p ON p.tenant_id = k.tenant_id AND p.person = k.person AND p.key_id = k.key_id;

-- name: tax_documents.settled
-- What the authority said of documents; one that says it for the second time changes nothing.
UPDATE tax_document t
SET state = u.state, codes = u.codes, reason = u.reason, changed_at = now()
FROM unnest(
    :tenants::integer[], :issuers::text[], :type_codes::text[], :series::text[],
    :folios::bigint[], :states::text[], :codes::text[], :reasons::text[]
) AS u (tenant_id, issuer, type_code, series, folio, state, codes, reason)
WHERE t.tenant_id = u.tenant_id AND t.issuer = u.issuer AND t.type_code = u.type_code
  AND t.series = u.series AND t.folio = u.folio AND t.state IN ('SIGNED', 'SENT')
  AND t.state <> u.state
RETURNING t.tenant_id AS tenant, t.instance_id::text AS instance, t.issuer, t.type_code, t.series,
    t.folio, t.state, t.codes;

-- name: tax_documents.cancelled
-- Documents of which accepted notes have taken back everything. Of a credit note that a debit note
-- annulled, what it took back of its document is there again, and that is as it stood before; those
-- credit notes, each with its order.
WITH gone AS (
    UPDATE tax_document t SET changed_at = now(), stood = t.state, state = CASE
        WHEN n.type_code = ANY (:debit_notes::text[]) THEN 'CANCELLED_BY_DEBIT_NOTE'
        ELSE 'CANCELLED_BY_CREDIT_NOTE'
    END
    FROM unnest(
        :tenants::integer[], :issuers::text[], :type_codes::text[], :series::text[],
        :folios::bigint[]
    ) AS u (tenant_id, issuer, type_code, series, folio)
    JOIN tax_document n ON n.tenant_id = u.tenant_id AND n.issuer = u.issuer
        AND n.type_code = u.type_code AND n.series = u.series AND n.folio = u.folio
        AND n.state IN ('ACCEPTED', 'ACCEPTED_WITH_OBJECTIONS')
    WHERE t.tenant_id = n.tenant_id AND t.issuer = n.issuer AND t.type_code = n.refers_type
      AND t.series = n.refers_series AND t.folio = n.refers_folio AND t.credited = t.total
      AND t.total > 0 AND t.state IN ('ACCEPTED', 'ACCEPTED_WITH_OBJECTIONS')
    RETURNING t.*
),
given AS (
    SELECT g.tenant_id, g.issuer, g.refers_type, g.refers_series, g.refers_folio,
        sum(g.total) AS amount
    FROM gone g WHERE g.state = 'CANCELLED_BY_DEBIT_NOTE'
    GROUP BY g.tenant_id, g.issuer, g.refers_type, g.refers_series, g.refers_folio
),
restored AS (
    UPDATE tax_document o SET credited = o.credited - given.amount, changed_at = now(), state = CASE
        WHEN o.state <> 'CANCELLED_BY_CREDIT_NOTE' OR EXISTS (
            SELECT FROM tax_document other
            WHERE other.tenant_id = o.tenant_id AND other.instance_id = o.instance_id AND o.is_sale
              AND other.is_sale AND other.state NOT IN ('REJECTED', 'VOIDED', 'CANCELLED_BY_CREDIT_NOTE')
        ) THEN o.state
        ELSE coalesce(o.stood, 'ACCEPTED')
    END
    FROM given
    WHERE o.tenant_id = given.tenant_id AND o.issuer = given.issuer
      AND o.type_code = given.refers_type AND o.series = given.refers_series
      AND o.folio = given.refers_folio
)
SELECT
    g.tenant_id AS tenant, g.issuer, g.type_code, g.series, g.folio, g.total,
    coalesce(
        o.country || '/' || o.store || '/' || o.channel || '/' || o.external_id, ''
    ) AS order
FROM gone g
LEFT JOIN purchase_order o ON o.tenant_id = g.tenant_id AND o.id = g.instance_id
WHERE g.state = 'CANCELLED_BY_DEBIT_NOTE';

-- name: tax_documents.every
-- Every document with its order, for whoever holds them against the authority's own books.
SELECT
    d.issuer, d.type_code, d.series, d.folio, d.total, d.state, d.codes, d.reason, d.is_sale,
    d.instance_id::text AS instance, o.amount
FROM tax_document d
LEFT JOIN purchase_order o ON o.tenant_id = d.tenant_id AND o.id = d.instance_id
WHERE d.tenant_id = :tenant
ORDER BY d.issuer, d.type_code, d.folio;
