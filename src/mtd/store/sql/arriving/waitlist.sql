-- name: waitlist.wanted
-- Files that wait for a person, as asked for.
wanted AS (
    SELECT * FROM intake_file
    WHERE tenant_id = :tenant AND state = 'WAITING'
      AND (:sees::text[] IS NULL OR split_part(path, '/', 2) = ANY(:sees))
      AND (:store::text IS NULL OR split_part(path, '/', 2) = :store)
      AND split_part(path, '/', 2) <> ALL(:stores_out::text[])
      AND (:cause::text IS NULL OR coalesce(cause, '') = :cause)
      AND coalesce(cause, '') <> ALL(:causes_out::text[])
)

-- name: waitlist.page
-- A page of them, the oldest first, from after one on.
SELECT
    id::text, source, path, hash, size_bytes, archive, state, attempts, pushes, cause,
    order_key, order_id::text, arrived_at, due_at, settled_at
FROM wanted
-- One that does not wait any more still has its place in the order.
WHERE (:after::uuid IS NULL OR (arrived_at, id) > (
    SELECT a.arrived_at, a.id FROM intake_file a WHERE a.tenant_id = :tenant AND a.id = :after
))
ORDER BY arrived_at, id LIMIT :page;

-- name: waitlist.ids
-- All of these, or those of them that somebody chose, the oldest first.
SELECT id::text
FROM wanted
WHERE (:among::text[] IS NULL OR id::text = ANY(:among))
ORDER BY arrived_at, id LIMIT :page;

-- name: waitlist.tallies
-- How many of these there are, by cause and by how many of the bounds they have waited for.
SELECT coalesce(cause, '') AS cause,
    (SELECT count(*) FROM unnest(:arrived::timestamptz[]) bound WHERE arrived_at <= bound) AS age,
    count(*) AS files
FROM wanted
GROUP BY 1, 2 ORDER BY 1, 2;
