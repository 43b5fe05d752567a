-- name: board.wanted
-- The orders that a filter lets through; the bounds are always conditions of the key.
wanted AS (
    SELECT * FROM purchase_order
    WHERE tenant_id = :tenant AND id > :above::uuid AND id < :below::uuid
        AND (:states::text[] IS NULL OR state = ANY(:states))
        AND (:finals::text[] IS NULL OR state <> ALL(:finals))
        AND (:stores::text[] IS NULL OR store = ANY(:stores))
        AND (:stores_out::text[] IS NULL OR store <> ALL(:stores_out))
        AND (:channels::text[] IS NULL OR channel = ANY(:channels))
        AND (:documents::text[] IS NULL OR buyer_document = ANY(:documents))
        AND (:late::timestamptz IS NULL OR (
            promised_at < :late AND NOT string_to_array(reached, ' ') && :met::text[]
        ))
)

-- name: board.going
-- Those of them that are not over, whatever their document: however few, no history is looked through.
going AS (
    SELECT * FROM open_order
    WHERE tenant_id = :tenant AND order_id > :above::uuid AND order_id < :below::uuid
        AND (:states::text[] IS NULL OR state = ANY(:states))
        AND (:finals::text[] IS NULL OR state <> ALL(:finals))
        AND (:stores::text[] IS NULL OR store = ANY(:stores))
        AND (:stores_out::text[] IS NULL OR store <> ALL(:stores_out))
        AND (:channels::text[] IS NULL OR channel = ANY(:channels))
        AND (:late::timestamptz IS NULL OR (awaited AND promised_at < :late))
)

-- name: board.stuck
-- The orders with an open incident that is as asked for: by the index of those alone.
stuck AS (
    SELECT instance_id FROM incident
    WHERE tenant_id = :tenant AND settled_at IS NULL
        AND (:code::text IS NULL OR code = :code)
        AND (:element::text IS NULL OR element = :element)
        AND (:codes_out::text[] IS NULL OR code <> ALL(:codes_out))
        AND (:elements_out::text[] IS NULL OR element <> ALL(:elements_out))
)

-- name: board.facing
-- The instances that stand before a system: at a step that calls it.
facing AS (
    SELECT r.instance_id FROM resting r
    JOIN element_service s ON s.tenant_id = r.tenant_id
        AND s.definition = r.definition AND s.element = r.element
    WHERE r.tenant_id = :tenant AND split_part(s.service, '.', 1) = :system
)

-- name: board.page
-- A page of the orders that a filter lets through, newest first.
page AS (SELECT * FROM wanted ORDER BY id DESC LIMIT :page)

-- name: board.page_back
-- As the page, but the oldest of those that come after `above`.
page AS (SELECT * FROM wanted ORDER BY id LIMIT :page)

-- name: board.page_open
-- As the page, among the orders that are not over.
page AS (
    SELECT * FROM purchase_order WHERE tenant_id = :tenant
        AND id = ANY(ARRAY(SELECT order_id FROM going ORDER BY order_id DESC LIMIT :page))
)

-- name: board.page_open_back
-- As the page of orders that are not over, but the oldest of those that come after `above`.
page AS (
    SELECT * FROM purchase_order WHERE tenant_id = :tenant
        AND id = ANY(ARRAY(SELECT order_id FROM going ORDER BY order_id LIMIT :page))
)

-- name: board.troubled
-- Orders with an open incident, newest first.
page AS (
    SELECT * FROM wanted WHERE id = ANY(ARRAY(SELECT instance_id FROM stuck))
    ORDER BY CASE WHEN :back THEN id END, id DESC LIMIT :page
)

-- name: board.narrow
-- Orders that are not over, by their open promise, their carrier, or the system that they stand before.
page AS (
    SELECT o.* FROM going p
    JOIN purchase_order o ON o.tenant_id = :tenant AND o.id = p.order_id
    LEFT JOIN unnest(:usual_stores::text[], :usual_channels::text[], :usual_s::float8[])
        AS u (store, channel, usual_s) ON u.store = p.store AND u.channel = p.channel
    WHERE (:carriers::text[] IS NULL OR p.carrier = ANY(:carriers))
        AND (:due_since::timestamptz IS NULL OR p.promised_at >= :due_since)
        AND (:due_until::timestamptz IS NULL OR p.promised_at < :due_until)
        AND (:standing::text IS NULL OR p.awaited AND CASE :standing
            WHEN 'overdue' THEN p.promised_at < :now
            WHEN 'at_risk' THEN p.promised_at >= :now AND p.promised_at < :risk
            WHEN 'on_time' THEN p.promised_at >= :now AND p.promised_at >= :risk
            ELSE p.promised_at >= :now
                AND p.received_at + make_interval(secs => u.usual_s) > p.promised_at
            END)
        AND (:system::text IS NULL OR EXISTS (
            SELECT FROM facing f WHERE f.instance_id = p.order_id
        ))
        AND (NOT :of_cause::boolean OR p.order_id = ANY(ARRAY(SELECT instance_id FROM stuck)))
        AND (:documents::text[] IS NULL OR o.buyer_document = ANY(:documents))
    ORDER BY CASE WHEN :back THEN p.order_id END, p.order_id DESC LIMIT :page
)

-- name: board.many
-- How many a page has.
SELECT count(*) AS count FROM page;

-- name: board.rows
-- A page with what else its rows show: the version, where it is, the last call, the incident.
SELECT
    o.id::text, country, store, channel, external_id, branch, currency, amount, buyer_document,
    placed_at, promised_at, received_at, o.state, since, resume, reached,
    coalesce(i.definition, '') AS definition, i.held_by::text,
    coalesce(n.element, u.element, j.element, '') AS element,
    c.attempt, c.outcome, n.id AS incident, n.code, n.message
FROM page o
LEFT JOIN instance i ON i.tenant_id = :tenant AND i.id = o.id
LEFT JOIN LATERAL (
    SELECT element FROM journal
    WHERE tenant_id = :tenant AND instance_id = o.id ORDER BY seq DESC LIMIT 1
) j ON true
LEFT JOIN LATERAL (
    SELECT attempt, outcome FROM call
    WHERE tenant_id = :tenant AND instance_id = o.id ORDER BY seq DESC, n DESC LIMIT 1
) c ON true
LEFT JOIN LATERAL (
    SELECT element FROM user_task
    WHERE tenant_id = :tenant AND instance_id = o.id AND closed_at IS NULL ORDER BY wait LIMIT 1
) u ON true
LEFT JOIN LATERAL (
    SELECT id, element, code, message FROM incident
    WHERE tenant_id = :tenant AND instance_id = o.id AND settled_at IS NULL ORDER BY id LIMIT 1
) n ON true
ORDER BY o.id DESC;

-- name: board.counted
-- How many orders a filter lets through, counted up to a limit.
SELECT count(*) AS count FROM (SELECT FROM wanted LIMIT :limit) AS few;

-- name: board.counted_open
-- How many orders that are not over a filter lets through, counted up to a limit.
SELECT count(*) AS count FROM (SELECT FROM going LIMIT :limit) AS few;

-- name: board.glances
-- Where some orders stand, and which came after one of them.
SELECT id::text, store, channel, state, since FROM purchase_order
WHERE tenant_id = :tenant AND id = ANY(:ids::uuid[]);

-- name: board.newest
-- The orders that came after one, newest first.
SELECT id::text, store, channel, state, since FROM purchase_order
WHERE tenant_id = :tenant AND id > :above::uuid
ORDER BY id DESC LIMIT :page;

-- name: board.counts
-- What waits for people, in the stores that somebody sees; each by its own partial index.
SELECT
    (
        SELECT count(DISTINCT n.instance_id) FROM incident n
        JOIN purchase_order o ON o.tenant_id = n.tenant_id AND o.id = n.instance_id
        WHERE n.tenant_id = :tenant AND n.settled_at IS NULL
            AND (:stores::text[] IS NULL OR o.store = ANY(:stores))
    ) AS exceptions,
    (
        SELECT count(*) FROM intake_file
        WHERE tenant_id = :tenant AND state = 'WAITING'
            AND (:stores::text[] IS NULL OR split_part(path, '/', 2) = ANY(:stores))
    ) AS files,
    (
        SELECT count(*) FROM user_task t
        LEFT JOIN purchase_order o ON o.tenant_id = t.tenant_id AND o.id = t.instance_id
        WHERE t.tenant_id = :tenant AND t.closed_at IS NULL
            AND (:stores::text[] IS NULL OR o.store = ANY(:stores))
    ) AS tasks,
    (
        SELECT count(*) FROM alert
        WHERE tenant_id = :tenant AND closed_at IS NULL AND acknowledged_at IS NULL
            AND (:stores::text[] IS NULL OR scope = '' OR scope = ANY(:stores))
    ) AS alerts;

-- name: board.causes
-- Open incidents by error and element: how many orders, each once, how much money, since when. By
-- no bounds of the key, as `wanted` is: a plan for any bounds would look through orders for them.
WITH stuck AS (
    SELECT
        n.code, n.element, n.instance_id, min(n.at) AS first_at, max(n.at) AS last_at,
        count(*) FILTER (WHERE n.at > now() - interval '1 hour') AS last_hour
    FROM incident n WHERE n.tenant_id = :tenant AND n.settled_at IS NULL
    GROUP BY n.code, n.element, n.instance_id
)
SELECT
    s.code, s.element,
    (array_agg(coalesce(i.definition, '') ORDER BY s.last_at DESC))[1] AS definition,
    count(*) AS orders, sum(o.amount) AS amount, min(o.currency) AS currency,
    min(s.first_at) AS first_at, max(s.last_at) AS last_at, sum(s.last_hour)::bigint AS last_hour,
    min(o.id::text) AS example, string_agg(DISTINCT o.store, ' ') AS stores
FROM stuck s
JOIN purchase_order o ON o.tenant_id = :tenant AND o.id = s.instance_id
LEFT JOIN instance i ON i.tenant_id = :tenant AND i.id = s.instance_id
WHERE (:states::text[] IS NULL OR o.state = ANY(:states))
    AND (:finals::text[] IS NULL OR o.state <> ALL(:finals))
    AND (:stores::text[] IS NULL OR o.store = ANY(:stores))
    AND (:stores_out::text[] IS NULL OR o.store <> ALL(:stores_out))
    AND (:channels::text[] IS NULL OR o.channel = ANY(:channels))
GROUP BY s.code, s.element
ORDER BY orders DESC, last_at DESC LIMIT :page;
