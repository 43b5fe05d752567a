-- name: standings.orders
-- How these orders, or those that a filter finds, stand: what a scope is fixed from.
SELECT
    o.id::text, o.key, o.state, coalesce(i.state, '') AS instance,
    coalesce(i.definition, '') AS definition,
    EXISTS (
        SELECT FROM subscription s
        WHERE s.tenant_id = o.tenant_id AND s.name = :cancelled_by AND s.key = o.key
    ) AS cancellable,
    EXISTS (
        SELECT FROM inbox x
        WHERE x.tenant_id = o.tenant_id AND x.slot = i.slot AND x.instance_id = o.id
    ) AS coming,
    (
        SELECT coalesce(json_agg(json_build_object(
            'id', x.id, 'element', x.element, 'code', x.code, 'message', x.message
        ) ORDER BY x.id), '[]')::text
        FROM incident x
        WHERE x.tenant_id = o.tenant_id AND x.instance_id = o.id AND x.settled_at IS NULL
    ) AS incidents
FROM (
    SELECT *, country || '/' || store || '/' || channel || '/' || external_id AS key
    FROM purchase_order WHERE tenant_id = :tenant
) AS o
LEFT JOIN instance i ON i.tenant_id = o.tenant_id AND i.id = o.id
WHERE (:ids::uuid[] IS NULL OR o.id = ANY(:ids::uuid[]))
  AND (:state::text IS NULL OR o.state = :state)
  AND (:country::text IS NULL OR o.country = :country)
  AND (:store::text IS NULL OR o.store = :store)
  AND (:channel::text IS NULL OR o.channel = :channel)
  AND (:definition::text IS NULL OR i.definition = :definition)
  AND (NOT :troubled OR EXISTS (
    SELECT FROM incident x
    WHERE x.tenant_id = o.tenant_id AND x.instance_id = o.id AND x.settled_at IS NULL
      AND (:code::text IS NULL OR x.code = :code)
      AND (:element::text IS NULL OR x.element = :element)
  ))
ORDER BY o.id LIMIT :page;

-- name: standings.files
-- How these waiting files, or those that wait for this cause, stand.
SELECT id::text, coalesce(order_key, path) AS key, state, coalesce(cause, '') AS cause, pushes
FROM intake_file
WHERE tenant_id = :tenant
  AND (:ids::uuid[] IS NOT NULL OR state = 'WAITING')
  AND (:ids::uuid[] IS NULL OR id = ANY(:ids::uuid[]))
  AND (:cause::text IS NULL OR cause = :cause)
ORDER BY arrived_at, id LIMIT :page;

-- name: standings.marked
-- The journal rows of these instances whose cause names a bulk action, the latest of each.
SELECT DISTINCT ON (j.instance_id) j.instance_id::text AS id, j.kind, j.payload
FROM unnest(:ids::uuid[]) AS u (id)
JOIN journal j ON j.tenant_id = :tenant AND j.instance_id = u.id
WHERE j.kind = ANY(:kinds::text[]) AND position(:mark::bytea IN j.payload) > 0
ORDER BY j.instance_id, j.seq DESC;

-- name: standings.seen
-- Which of the sender's messages came in before.
SELECT message_id FROM seen
WHERE tenant_id = :tenant AND source = :source AND message_id = ANY(:message_ids::text[]);
