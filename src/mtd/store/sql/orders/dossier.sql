-- name: dossier.entries
-- An instance's journal from before one row on, newest first: a long one costs no more than a short.
SELECT seq, at, kind, element, payload FROM journal
WHERE tenant_id = :tenant AND instance_id = :instance AND seq < :below
  AND (:kinds::text[] IS NULL OR kind = ANY(:kinds::text[]))
ORDER BY seq DESC LIMIT :page;

-- name: dossier.calls
-- The evidence of what was sent between two rows of the journal.
SELECT seq, wait, coalesce(visit, wait::text) AS visit, attempt, service, at, took_ms, outcome,
    request, response
FROM call
WHERE tenant_id = :tenant AND instance_id = :instance AND seq >= :from AND seq <= :to
ORDER BY seq, n LIMIT :page;

-- name: dossier.last_calls
-- The last attempts that did not succeed.
SELECT seq, wait, coalesce(visit, wait::text) AS visit, attempt, service, at, took_ms, outcome,
    request, response
FROM call
WHERE tenant_id = :tenant AND instance_id = :instance AND outcome <> 'done'
ORDER BY seq DESC, n DESC LIMIT :page;

-- name: dossier.remark
-- What somebody remarks about an order.
INSERT INTO remark (tenant_id, id, order_id, author, words)
VALUES (:tenant, :id, :order, :author, :words);

-- name: dossier.remarks
-- What was remarked about an order, newest first.
SELECT id::text, at, author, words FROM remark
WHERE tenant_id = :tenant AND order_id = :order ORDER BY id DESC LIMIT :page;

-- name: dossier.told
-- Instances: the snapshot of each, where one can be read, with its first row, and the rows after it.
told AS (
    SELECT
        i.tenant_id, i.id, i.definition, i.key,
        CASE WHEN j.seq IS NULL OR j.seq = coalesce(s.seq, 0) + 1 THEN s.state END AS snapshot,
        j.seq, j.at, j.kind, j.element, j.payload
    FROM instance i
    LEFT JOIN snapshot s
        ON s.tenant_id = i.tenant_id AND s.instance_id = i.id AND s.version = :version
    LEFT JOIN journal j
        ON j.tenant_id = i.tenant_id AND j.instance_id = i.id AND j.seq > coalesce(s.seq, 0)
)

-- name: dossier.stands
-- One of them, as far as so many rows: who has more is not folded at all.
SELECT id::text, definition, key, snapshot, seq, at, kind, element, payload FROM told
WHERE tenant_id = :tenant AND id = :instance
ORDER BY seq LIMIT :rows_max;

-- name: dossier.stand
-- Some of them.
SELECT id::text, definition, key, snapshot, seq, at, kind, element, payload FROM told
WHERE tenant_id = :tenant AND id = ANY(:instances::uuid[])
ORDER BY id, seq;
