-- name: folio_blocks.reuse
-- Take of what somebody handed back, the lowest first; own blocks that are used up go.
WITH fence AS MATERIALIZED (SELECT id FROM worker WHERE id = :worker FOR KEY SHARE),
used_up AS (
    DELETE FROM folio_block b USING fence
    WHERE b.tenant_id = :tenant AND b.issuer = :issuer AND b.type_code = :type_code
      AND b.series = :series AND b.worker = fence.id AND b.first = ANY(:used_up::bigint[])
),
free AS MATERIALIZED (
    SELECT b.first, b.last, least(
        :size, greatest(1, (b.last - b.first + 1) / (SELECT count(*) FROM worker))
    ) AS n
    FROM folio_block b
    JOIN folio_range r ON r.tenant_id = b.tenant_id AND r.issuer = b.issuer
        AND r.type_code = b.type_code AND r.series = b.series AND r.first = b.range_first
    WHERE b.tenant_id = :tenant AND b.issuer = :issuer AND b.type_code = :type_code
      AND b.series = :series AND b.worker IS NULL AND r.environment = :environment
      AND (r.expires_on IS NULL OR r.expires_on > :day)
    ORDER BY b.first LIMIT 1 FOR UPDATE OF b
),
whole AS (
    UPDATE folio_block b SET worker = fence.id, recalled = false
    FROM fence, free
    WHERE b.tenant_id = :tenant AND b.issuer = :issuer AND b.type_code = :type_code
      AND b.series = :series AND b.first = free.first AND b.worker IS NULL
      AND b.last - b.first < free.n
    RETURNING b.first, b.last, b.range_first
),
rest AS (
    UPDATE folio_block b SET first = b.first + free.n
    FROM fence, free
    WHERE b.tenant_id = :tenant AND b.issuer = :issuer AND b.type_code = :type_code
      AND b.series = :series AND b.first = free.first AND b.worker IS NULL
      AND b.last - b.first >= free.n
    RETURNING b.first - free.n AS first, b.first - 1 AS last, b.range_first
),
mine AS (
    INSERT INTO folio_block (
        tenant_id, issuer, type_code, series, first, last, range_first, worker
    )
    SELECT
        :tenant, :issuer, :type_code, :series, rest.first, rest.last, rest.range_first, fence.id
    FROM rest, fence
    RETURNING first, last, range_first
)
SELECT * FROM whole UNION ALL SELECT * FROM mine;

-- name: folio_blocks.reserve
-- Take a new block of the lowest open range; the less is left for each worker, the smaller.
WITH fence AS MATERIALIZED (SELECT id FROM worker WHERE id = :worker FOR KEY SHARE),
open AS MATERIALIZED (
    SELECT r.first, r.last, r.next FROM folio_range r
    WHERE r.tenant_id = :tenant AND r.issuer = :issuer AND r.type_code = :type_code
      AND r.series = :series AND r.environment = :environment AND r.next <= r.last
      AND (r.expires_on IS NULL OR r.expires_on > :day)
    ORDER BY r.first LIMIT 1 FOR UPDATE
),
given AS (
    UPDATE folio_range r SET next = open.next + least(
        :size, greatest(1, (open.last - open.next + 1) / (2 * (SELECT count(*) FROM worker)))
    )
    FROM open, fence
    WHERE r.tenant_id = :tenant AND r.issuer = :issuer AND r.type_code = :type_code
      AND r.series = :series AND r.first = open.first
    RETURNING open.next AS first, r.next - 1 AS last, r.first AS range_first
)
INSERT INTO folio_block (tenant_id, issuer, type_code, series, first, last, range_first, worker)
SELECT :tenant, :issuer, :type_code, :series, given.first, given.last, given.range_first, fence.id
FROM given, fence
RETURNING first, last, range_first;

-- name: folio_blocks.mine
-- The blocks that a worker holds, as the database knows them.
SELECT tenant_id AS tenant, issuer, type_code, series, first, last, range_first, recalled
FROM folio_block WHERE worker = :worker
ORDER BY tenant_id, issuer, type_code, series, first;

-- name: folio_blocks.recall
-- Ask whoever else holds folios of this kind for what they do not use; how many blocks they are.
WITH held AS (
    UPDATE folio_block SET recalled = true
    WHERE tenant_id = :tenant AND issuer = :issuer AND type_code = :type_code
      AND series = :series AND worker IS NOT NULL AND worker <> :worker
    RETURNING 1
)
SELECT count(*) FROM held;

-- name: folio_blocks.free
-- How many usable blocks of this kind nobody holds.
SELECT count(*) FROM folio_block b
JOIN folio_range r ON r.tenant_id = b.tenant_id AND r.issuer = b.issuer
    AND r.type_code = b.type_code AND r.series = b.series AND r.first = b.range_first
WHERE b.tenant_id = :tenant AND b.issuer = :issuer AND b.type_code = :type_code
  AND b.series = :series AND b.worker IS NULL AND r.environment = :environment
  AND (r.expires_on IS NULL OR r.expires_on > :day);

-- name: folio_blocks.leave
-- A worker has no block any more; which they were.
DELETE FROM folio_block WHERE worker = :worker
RETURNING tenant_id AS tenant, issuer, type_code, series, first, last, range_first;

-- name: folio_blocks.drop
-- These blocks are no longer the worker's; which they were.
DELETE FROM folio_block b
USING unnest(:tenants::integer[], :issuers::text[], :type_codes::text[], :series::text[],
    :firsts::bigint[]) AS d (tenant_id, issuer, type_code, series, first)
WHERE b.tenant_id = d.tenant_id AND b.issuer = d.issuer AND b.type_code = d.type_code
  AND b.series = d.series AND b.first = d.first AND b.worker = :worker
RETURNING b.tenant_id AS tenant, b.issuer, b.type_code, b.series, b.first, b.last, b.range_first;

-- name: folio_blocks.hand_back
-- What no document took of these blocks is free again, in runs without a hole.
INSERT INTO folio_block (tenant_id, issuer, type_code, series, first, last, range_first)
SELECT tenant_id, issuer, type_code, series, min(folio), max(folio), range_first
FROM (
    SELECT b.*, f.folio, f.folio - row_number() OVER (
        PARTITION BY b.tenant_id, b.issuer, b.type_code, b.series, b.first ORDER BY f.folio
    ) AS run
    FROM unnest(
        :tenants::integer[], :issuers::text[], :type_codes::text[], :series::text[],
        :firsts::bigint[], :lasts::bigint[], :range_firsts::bigint[]
    ) AS b (tenant_id, issuer, type_code, series, first, last, range_first)
    CROSS JOIN LATERAL generate_series(b.first, b.last) AS f (folio)
    WHERE NOT EXISTS (
        SELECT FROM tax_document t
        WHERE t.tenant_id = b.tenant_id AND t.issuer = b.issuer
          AND t.type_code = b.type_code AND t.series = b.series AND t.folio = f.folio
    )
) AS free
GROUP BY tenant_id, issuer, type_code, series, range_first, first, run;
