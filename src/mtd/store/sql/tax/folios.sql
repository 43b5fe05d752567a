-- name: folios.overlapping
-- Ranges that share a folio with the one that is to be imported.
SELECT first, last FROM folio_range
WHERE tenant_id = :tenant AND issuer = :issuer AND type_code = :type_code AND series = :series
  AND first <= :last AND last >= :first
ORDER BY first;

-- name: folios.open_range
-- A new range of folios; none where one begins with the same folio.
INSERT INTO folio_range (
    tenant_id, id, issuer, type_code, series, first, last, next, environment, authorised_on,
    expires_on, authorisation, sealed_key, imported_by
)
VALUES (
    :tenant, :id, :issuer, :type_code, :series, :first, :last, :first, :environment,
    :authorised_on, :expires_on, :authorisation, :sealed_key, :actor
)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: folios.ranges
-- Every range, with what is left of it.
SELECT
    r.id::text, r.issuer, r.type_code, r.series, r.first, r.last, r.next, r.environment,
    r.authorised_on, r.expires_on, r.imported_at, r.imported_by,
    coalesce(d.used, 0) AS used,
    coalesce(g.given_up, 0)::bigint AS given_up, coalesce(m.promised, 0)::bigint AS promised,
    coalesce(b.free, 0)::bigint AS handed_back, coalesce(b.held, 0)::bigint AS held
FROM folio_range r
LEFT JOIN LATERAL (
    SELECT count(*) AS used FROM tax_document t
    WHERE t.tenant_id = r.tenant_id AND t.issuer = r.issuer AND t.type_code = r.type_code
      AND t.series = r.series AND t.folio BETWEEN r.first AND r.last
) AS d ON true
LEFT JOIN LATERAL (
    SELECT sum(p.last - p.first + 1) AS given_up FROM folio_gap p
    WHERE p.tenant_id = r.tenant_id AND p.issuer = r.issuer AND p.type_code = r.type_code
      AND p.series = r.series AND p.first >= r.first AND p.last <= r.last
) AS g ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS promised FROM folio_promise m
    WHERE m.tenant_id = r.tenant_id AND m.issuer = r.issuer AND m.type_code = r.type_code
      AND m.series = r.series AND m.folio BETWEEN r.first AND r.last AND NOT EXISTS (
        SELECT FROM tax_document t
        WHERE t.tenant_id = m.tenant_id AND t.issuer = m.issuer AND t.type_code = m.type_code
          AND t.series = m.series AND t.folio = m.folio
    )
) AS m ON true
LEFT JOIN LATERAL (
    SELECT
        sum(h.last - h.first + 1) FILTER (WHERE h.worker IS NULL) AS free,
        sum(h.last - h.first + 1) FILTER (WHERE h.worker IS NOT NULL) AS held
    FROM folio_block h
    WHERE h.tenant_id = r.tenant_id AND h.issuer = r.issuer AND h.type_code = r.type_code
      AND h.series = r.series AND h.range_first = r.first
) AS b ON true
WHERE r.tenant_id = :tenant
ORDER BY r.issuer, r.type_code, r.series, r.first;

-- name: folios.supplies
-- Each series: what is left of the ranges that may be used on a day, and its latest documents.
-- Blocks are small, and documents are looked at by folio: it costs the same with millions of them.
WITH remaining AS (
    SELECT
        r.tenant_id, r.issuer, r.type_code, r.series, r.environment, r.expires_on,
        r.last - r.first + 1 AS size,
        r.expires_on IS NULL OR r.expires_on > :day AS usable,
        (r.last - r.next + 1 + coalesce(b.folios, 0))::bigint AS folios
    FROM folio_range r
    LEFT JOIN LATERAL (
        SELECT sum(h.last - h.first + 1 - CASE WHEN h.worker IS NULL THEN 0 ELSE (
            SELECT count(*) FROM tax_document t
            WHERE t.tenant_id = h.tenant_id AND t.issuer = h.issuer
              AND t.type_code = h.type_code AND t.series = h.series
              AND t.folio BETWEEN h.first AND h.last
        ) END) AS folios
        FROM folio_block h
        WHERE h.tenant_id = r.tenant_id AND h.issuer = r.issuer AND h.type_code = r.type_code
          AND h.series = r.series AND h.range_first = r.first
    ) AS b ON true
    WHERE r.tenant_id = :tenant
),
supply AS (
    SELECT
        tenant_id, issuer, type_code, series, environment,
        coalesce(sum(folios) FILTER (WHERE usable), 0)::bigint AS left,
        coalesce(sum(size) FILTER (WHERE usable AND folios > 0), 0)::bigint AS size,
        min(expires_on) FILTER (WHERE usable AND folios > 0) AS expires_on
    FROM remaining
    GROUP BY tenant_id, issuer, type_code, series, environment
)
SELECT
    s.issuer, s.type_code, s.series, s.environment, s.left, s.size, s.expires_on,
    coalesce(d.used, 0) AS used, d.used_since
FROM supply s
LEFT JOIN LATERAL (
    SELECT count(*) AS used, min(issued_at) AS used_since
    FROM (
        SELECT t.issued_at FROM tax_document t
        WHERE t.tenant_id = s.tenant_id AND t.issuer = s.issuer
          AND t.type_code = s.type_code AND t.series = s.series
        ORDER BY t.folio DESC LIMIT :sample
    ) AS latest
    WHERE issued_at >= :since
) AS d ON true
ORDER BY s.issuer, s.type_code, s.series, s.environment;

-- name: folios.keys
-- The authorisation and sealed key of the range that holds a folio.
SELECT id::text, issuer, type_code, series, first, last, authorisation, sealed_key
FROM folio_range
WHERE tenant_id = :tenant AND issuer = :issuer AND type_code = :type_code AND series = :series
  AND first <= :folio AND last >= :folio;

-- name: folios.unexplained
-- Folios below a range's next one that are no document's, nobody's to take, promised to nobody,
-- and no explained gap.
SELECT r.issuer, r.type_code, r.series, f.folio
FROM folio_range r CROSS JOIN LATERAL generate_series(r.first, r.next - 1) AS f (folio)
WHERE r.tenant_id = :tenant
  AND NOT EXISTS (
    SELECT FROM tax_document t
    WHERE t.tenant_id = r.tenant_id AND t.issuer = r.issuer AND t.type_code = r.type_code
      AND t.series = r.series AND t.folio = f.folio
) AND NOT EXISTS (
    SELECT FROM folio_block b
    WHERE b.tenant_id = r.tenant_id AND b.issuer = r.issuer AND b.type_code = r.type_code
      AND b.series = r.series AND f.folio BETWEEN b.first AND b.last
) AND NOT EXISTS (
    SELECT FROM folio_gap g
    WHERE g.tenant_id = r.tenant_id AND g.issuer = r.issuer AND g.type_code = r.type_code
      AND g.series = r.series AND f.folio BETWEEN g.first AND g.last
) AND NOT EXISTS (
    SELECT FROM folio_promise m
    WHERE m.tenant_id = r.tenant_id AND m.issuer = r.issuer AND m.type_code = r.type_code
      AND m.series = r.series AND m.folio = f.folio
)
ORDER BY r.issuer, r.type_code, r.series, f.folio LIMIT :page;

-- name: folios.gaps
-- Folios that no document will ever have, and why.
SELECT issuer, type_code, series, first, last, reason, actor, at FROM folio_gap
WHERE tenant_id = :tenant
ORDER BY issuer, type_code, series, first;

-- name: folios.give_up
-- What is free of the ranges that expired by a day becomes explained gaps.
WITH over AS MATERIALIZED (
    SELECT * FROM folio_range
    WHERE tenant_id = :tenant AND expires_on <= :day
    FOR UPDATE
),
returned AS (
    DELETE FROM folio_block b USING over
    WHERE b.tenant_id = over.tenant_id AND b.issuer = over.issuer
      AND b.type_code = over.type_code AND b.series = over.series
      AND b.range_first = over.first AND b.worker IS NULL
    RETURNING b.tenant_id, b.issuer, b.type_code, b.series, b.first, b.last, over.expires_on
),
shut AS (
    UPDATE folio_range r SET next = r.last + 1 FROM over
    WHERE r.tenant_id = over.tenant_id AND r.issuer = over.issuer
      AND r.type_code = over.type_code AND r.series = over.series AND r.first = over.first
      AND over.next <= over.last
    RETURNING
        r.tenant_id, r.issuer, r.type_code, r.series, over.next AS first, r.last, over.expires_on
)
INSERT INTO folio_gap (tenant_id, issuer, type_code, series, first, last, reason, actor)
SELECT
    g.tenant_id, g.issuer, g.type_code, g.series, g.first, g.last,
    :reason::text || ' on ' || g.expires_on, :actor
FROM (SELECT * FROM returned UNION ALL SELECT * FROM shut) AS g
RETURNING issuer, type_code, series, first, last, reason, actor, at;

-- name: folios.awaiting
-- Who stands still for want of folios: open incidents with a code, and open tasks of a form.
SELECT i.instance_id::text AS instance, i.id AS number, false AS is_task, NULL::bytea AS fields
FROM incident i
WHERE i.tenant_id = :tenant AND i.settled_at IS NULL AND i.code = :code
UNION ALL
SELECT t.instance_id::text, t.wait, true, t.fields
FROM user_task t
WHERE t.tenant_id = :tenant AND t.closed_at IS NULL AND t.form = :form
LIMIT :page;

-- name: folios.certify
-- A certificate to sign with; one that is known already stays as it is.
INSERT INTO signing_certificate (
    tenant_id, id, issuer, holder, not_before, not_after, fingerprint, sealed, imported_by
)
VALUES (
    :tenant, :id, :issuer, :holder, :not_before, :not_after, :fingerprint, :sealed, :actor
)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: folios.certificates
-- The certificates of all issuers, the one that is in force for the longest last.
SELECT
    id::text, issuer, holder, not_before, not_after, imported_at, imported_by, fingerprint, sealed
FROM signing_certificate
WHERE tenant_id = :tenant
ORDER BY issuer, not_after, id;
