-- name: letters.enclosable
-- What is kept of orders' documents under some names, sealed, with what opens it: the bytes
-- that were signed last, or what its provider sent; and how often such a letter came back.
SELECT
    w.n, k.name, k.media_type, k.kept_at, k.hash, k.ciphertext, k.key_id::text,
    p.wrapped AS wrapped_key, d.issuer, d.type_code, d.issued_at,
    (
        SELECT count(*) FROM document_letter l
        JOIN mail_bounce b ON b.tenant_id = l.tenant_id AND b.mail_id = l.mail_id
        WHERE l.tenant_id = w.tenant_id AND l.instance_id = w.instance_id
          AND l.document = w.document AND l.kind = w.kind AND l.reference = w.reference
          AND l.recipient = w.recipient
    ) AS bounced
FROM unnest(
    :tenants::integer[], :instances::uuid[], :documents::text[], :kinds::text[],
    :references::text[], :recipients::bytea[]
) WITH ORDINALITY AS w (tenant_id, instance_id, document, kind, reference, recipient, n)
JOIN unnest(:ns::bigint[], :names::text[]) AS a (n, name) ON a.n = w.n
JOIN kept_document k
    ON k.tenant_id = w.tenant_id AND k.order_id = w.instance_id AND k.name = a.name
JOIN person_key p ON p.tenant_id = k.tenant_id AND p.person = k.person AND p.key_id = k.key_id
LEFT JOIN tax_document d ON d.tenant_id = k.tenant_id AND d.instance_id = k.order_id
    AND d.hash = k.hash
ORDER BY w.n, k.name, k.kept_at DESC;

-- name: letters.taken
-- The provider took letters, or never will; told twice, it is once.
INSERT INTO document_letter (
    tenant_id, instance_id, document, kind, reference, recipient, mail_id, enclosures, refusal
)
SELECT * FROM unnest(
    :tenants::integer[], :instances::uuid[], :documents::text[], :kinds::text[],
    :references::text[], :recipients::bytea[], :mail_ids::text[], :enclosures::smallint[],
    :refusals::text[]
)
ON CONFLICT DO NOTHING;

-- name: letters.bounced
-- Letters came back.
INSERT INTO mail_bounce (tenant_id, mail_id, key, reason)
SELECT DISTINCT ON (b.mail_id) :tenant, b.mail_id, b.key, b.reason
FROM unnest(:mail_ids::text[], :keys::text[], :reasons::text[]) AS b (mail_id, key, reason)
ON CONFLICT DO NOTHING;

-- name: letters.of
-- The letters that took a document of an instance to somebody, oldest first.
SELECT l.mail_id, l.kind, l.taken_at, l.enclosures, l.refusal, b.at AS bounced_at,
    coalesce(b.reason, '') AS bounce_reason
FROM document_letter l
LEFT JOIN mail_bounce b ON b.tenant_id = l.tenant_id AND b.mail_id = l.mail_id
WHERE l.tenant_id = :tenant AND l.instance_id = :instance AND l.document = :document
ORDER BY l.taken_at, l.mail_id;
