-- name: promises.marks
-- Up to these the folios of their ranges were given out.
INSERT INTO folio_mark (tenant_id, issuer, type_code, series, last)
SELECT m.* FROM unnest(
    :tenants::integer[], :issuers::text[], :type_codes::text[], :series::text[], :lasts::bigint[]
) AS m (tenant_id, issuer, type_code, series, last)
ON CONFLICT DO NOTHING;

-- name: promises.promises
-- Documents that were on their way, but for those that are here, signed.
INSERT INTO folio_promise (
    tenant_id, issuer, type_code, series, folio, bearer, issued_at, total
)
SELECT p.* FROM unnest(
    :tenants::integer[], :issuers::text[], :type_codes::text[], :series::text[],
    :folios::bigint[], :bearers::text[], :issued_ats::timestamptz[], :totals::numeric[]
) AS p (tenant_id, issuer, type_code, series, folio, bearer, issued_at, total)
WHERE NOT EXISTS (
    SELECT FROM tax_document t
    WHERE t.tenant_id = p.tenant_id AND t.issuer = p.issuer AND t.type_code = p.type_code
      AND t.series = p.series AND t.folio = p.folio
      AND t.state NOT IN ('FOLIO_ASSIGNED', 'REJECTED')
)
ON CONFLICT DO NOTHING;

-- name: promises.blocks
-- What workers held, and what was free, when the backup was made: any of it may be a document's now.
WITH gone AS (DELETE FROM folio_block RETURNING *)
INSERT INTO folio_gap (tenant_id, issuer, type_code, series, first, last, reason, actor)
SELECT tenant_id, issuer, type_code, series, min(folio), max(folio), :reason, :actor
FROM (
    SELECT g.tenant_id, g.issuer, g.type_code, g.series, g.first, f.folio,
        f.folio - row_number() OVER (
            PARTITION BY g.tenant_id, g.issuer, g.type_code, g.series, g.first ORDER BY f.folio
        ) AS run
    FROM gone g CROSS JOIN LATERAL generate_series(g.first, g.last) AS f (folio)
    WHERE NOT EXISTS (
        SELECT FROM tax_document t
        WHERE t.tenant_id = g.tenant_id AND t.issuer = g.issuer AND t.type_code = g.type_code
          AND t.series = g.series AND t.folio = f.folio
    ) AND NOT EXISTS (
        SELECT FROM folio_promise p
        WHERE p.tenant_id = g.tenant_id AND p.issuer = g.issuer AND p.type_code = g.type_code
          AND p.series = g.series AND p.folio = f.folio
    )
) AS lost
GROUP BY tenant_id, issuer, type_code, series, first, run
RETURNING first;

-- name: promises.passed
-- No range gives out what was given out already: what nobody was promised of it is a gap.
WITH due AS MATERIALIZED (
    SELECT r.tenant_id, r.issuer, r.type_code, r.series, r.first, r.next,
        (
            SELECT max(m.last) FROM folio_mark m
            WHERE m.tenant_id = r.tenant_id AND m.issuer = r.issuer
              AND m.type_code = r.type_code AND m.series = r.series
              AND m.last BETWEEN r.first AND r.last
        ) AS last
    FROM folio_range r
    WHERE :tenant::integer IS NULL OR r.tenant_id = :tenant
    FOR UPDATE
),
passed AS (
    UPDATE folio_range r SET next = due.last + 1
    FROM due
    WHERE r.tenant_id = due.tenant_id AND r.issuer = due.issuer AND r.type_code = due.type_code
      AND r.series = due.series AND r.first = due.first AND due.last >= due.next
    RETURNING r.tenant_id, r.issuer, r.type_code, r.series, due.next AS first, due.last
)
INSERT INTO folio_gap (tenant_id, issuer, type_code, series, first, last, reason, actor)
SELECT tenant_id, issuer, type_code, series, min(folio), max(folio), :reason, :actor
FROM (
    SELECT g.tenant_id, g.issuer, g.type_code, g.series, g.first, f.folio,
        f.folio - row_number() OVER (
            PARTITION BY g.tenant_id, g.issuer, g.type_code, g.series, g.first ORDER BY f.folio
        ) AS run
    FROM passed g CROSS JOIN LATERAL generate_series(g.first, g.last) AS f (folio)
    WHERE NOT EXISTS (
        SELECT FROM folio_promise p
        WHERE p.tenant_id = g.tenant_id AND p.issuer = g.issuer AND p.type_code = g.type_code
          AND p.series = g.series AND p.folio = f.folio
    )
) AS lost
GROUP BY tenant_id, issuer, type_code, series, first, run
RETURNING first;

-- name: promises.any
-- Whether anything was promised to anybody.
SELECT EXISTS (SELECT FROM folio_promise);

-- name: promises.of
-- What an instance, or the order that it carries, was promised and has no signed document of.
SELECT p.issuer, p.type_code, p.series, p.folio, p.issued_at, p.total
FROM folio_promise p
WHERE p.tenant_id = :tenant AND p.bearer = coalesce((
    SELECT o.country || '/' || o.store || '/' || o.channel || '/' || o.external_id
    FROM purchase_order o WHERE o.tenant_id = :tenant AND o.id = :instance
), :instance::uuid::text) AND NOT EXISTS (
    SELECT FROM tax_document t
    WHERE t.tenant_id = p.tenant_id AND t.issuer = p.issuer AND t.type_code = p.type_code
      AND t.series = p.series AND t.folio = p.folio
      AND t.state NOT IN ('FOLIO_ASSIGNED', 'REJECTED')
)
ORDER BY p.folio;
