-- name: letters.enclosable
-- What is kept of an order's document under these names, sealed, with what opens it: the bytes
-- that were signed last, or what its provider sent; and how often such a letter came back.
SELECT
    k.name, k.media_type, k.kept_at, k.hash, k.ciphertext, k.key_id::text,
    p.wrapped AS wrapped_key, d.issuer, d.type_code, d.issued_at,
    (
        SELECT count(*) FROM document_letter l
        JOIN mail_bounce b ON b.tenant_id = l.tenant_id AND b.mail_id = l.mail_id
        WHERE l.tenant_id = :tenant AND l.instance_id = :instance AND l.document = :document
          AND l.kind = :kind AND l.reference = :reference AND l.recipient = :recipient
    ) AS bounced
FROM kept_document k
JOIN person_key p ON p.tenant_id = k.tenant_id AND p.person = k.person AND p.key_id = k.key_id
LEFT JOIN tax_document d ON d.tenant_id = k.tenant_id AND d.instance_id = k.order_id
    AND d.hash = k.hash
WHERE k.tenant_id = :tenant AND k.order_id = :instance AND k.name = ANY(:names::text[])
ORDER BY k.name, k.kept_at DESC;

-- name: letters.taken
-- The provider took a letter, or never will; told twice, it is once.
INSERT INTO document_letter (
    tenant_id, instance_id, mail_id, document, kind, reference, recipient, enclosures, refusal
)
VALUES (
    :tenant, :instance, :mail_id, :document, :kind, :reference, :recipient, :enclosures, :refusal
)
ON CONFLICT DO NOTHING
RETURNING mail_id;

-- name: letters.bounced
-- Letters came back.
INSERT INTO mail_bounce (tenant_id, mail_id, reason)
SELECT DISTINCT ON (b.mail_id) :tenant, b.mail_id, b.reason
FROM unnest(:mail_ids::text[], :reasons::text[]) AS b (mail_id, reason)
ON CONFLICT DO NOTHING;

-- name: letters.of
-- The letters that took a document of an instance to somebody, oldest first.
SELECT l.mail_id, l.kind, l.taken_at, l.enclosures, l.refusal, b.at AS bounced_at,
    coalesce(b.reason, '') AS bounce_reason
FROM document_letter l
LEFT JOIN mail_bounce b ON b.tenant_id = l.tenant_id AND b.mail_id = l.mail_id
WHERE l.tenant_id = :tenant AND l.instance_id = :instance AND l.document = :document
ORDER BY l.taken_at, l.mail_id;
