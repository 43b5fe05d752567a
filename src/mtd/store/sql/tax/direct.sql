-- name: direct.take_free
-- The lowest folio that a worker handed back.
WITH free AS MATERIALIZED (
    SELECT b.first, b.last FROM folio_block b
    JOIN folio_range r ON r.tenant_id = b.tenant_id AND r.issuer = b.issuer
        AND r.type_code = b.type_code AND r.series = b.series AND r.first = b.range_first
    WHERE b.tenant_id = :tenant AND b.issuer = :issuer AND b.type_code = :type_code
      AND b.series = :series AND b.worker IS NULL AND r.environment = :environment
      AND (r.expires_on IS NULL OR r.expires_on > :day)
    ORDER BY b.first LIMIT 1 FOR UPDATE OF b
),
gone AS (
    DELETE FROM folio_block b USING free
    WHERE b.tenant_id = :tenant AND b.issuer = :issuer AND b.type_code = :type_code
      AND b.series = :series AND b.first = free.first AND b.worker IS NULL AND free.last = free.first
    RETURNING free.first AS folio
),
cut AS (
    UPDATE folio_block b SET first = b.first + 1 FROM free
    WHERE b.tenant_id = :tenant AND b.issuer = :issuer AND b.type_code = :type_code
      AND b.series = :series AND b.first = free.first AND b.worker IS NULL AND free.last > free.first
    RETURNING free.first AS folio
)
SELECT folio FROM gone UNION ALL SELECT folio FROM cut;

-- name: direct.take_new
-- The next folio of the lowest open range.
WITH open AS MATERIALIZED (
    SELECT r.first FROM folio_range r
    WHERE r.tenant_id = :tenant AND r.issuer = :issuer AND r.type_code = :type_code
      AND r.series = :series AND r.environment = :environment AND r.next <= r.last
      AND (r.expires_on IS NULL OR r.expires_on > :day)
    ORDER BY r.first LIMIT 1 FOR UPDATE
)
UPDATE folio_range r SET next = r.next + 1 FROM open
WHERE r.tenant_id = :tenant AND r.issuer = :issuer AND r.type_code = :type_code
  AND r.series = :series AND r.first = open.first
RETURNING r.next - 1;

-- name: direct.recall
-- Ask the workers for the folios of this kind that they do not use.
UPDATE folio_block SET recalled = true
WHERE tenant_id = :tenant AND issuer = :issuer AND type_code = :type_code AND series = :series
  AND worker IS NOT NULL;

-- name: direct.write
-- A document, signed and on its way.
INSERT INTO tax_document (
    tenant_id, instance_id, effect, issuer, type_code, series, folio, provider, is_sale, currency,
    total, issued_at, changed_at, handed_at, state, hash, refers_type, refers_series, refers_folio
)
VALUES (
    :tenant, :instance, :effect, :issuer, :type_code, :series, :folio, :provider, :is_sale,
    :currency, :total, :issued_at, :at, :at, :state, :hash, :refers_type, :refers_series,
    :refers_folio
);

-- name: direct.credit
-- What a note takes back, never more than there is.
UPDATE tax_document SET credited = credited + :amount
WHERE tenant_id = :tenant AND issuer = :issuer AND type_code = :type_code AND series = :series
  AND folio = :folio;

-- name: direct.key
-- The key that a document is sealed with.
INSERT INTO person_key (tenant_id, person, key_id, wrapped)
VALUES (:tenant, :person, :key_id, :wrapped);
