-- name: promised.due
-- When the promise of an order was due, of which it is known what became of it.
SELECT due_at FROM settled_promise WHERE tenant_id = :tenant AND order_id = :order::uuid;

-- name: promised.wanted
-- Orders by what became of their promises, between two of them in the order of when they were due.
-- OFFSET 0: each order is looked up from its promise, for no plan may look through all orders first.
wanted AS (
    SELECT o.*, p.due_at, p.order_id FROM settled_promise p
    CROSS JOIN LATERAL (
        SELECT * FROM purchase_order WHERE tenant_id = p.tenant_id AND id = p.order_id OFFSET 0
    ) AS o
    WHERE p.tenant_id = :tenant AND p.became = :became
        AND (p.due_at, p.order_id) > (:over_due::timestamptz, :over::uuid)
        AND (p.due_at, p.order_id) < (:under_due::timestamptz, :under::uuid)
        AND (:stores::text[] IS NULL OR p.store = ANY(:stores))
        AND (:stores_out::text[] IS NULL OR p.store <> ALL(:stores_out))
        AND (:channels::text[] IS NULL OR p.channel = ANY(:channels))
        AND (:carriers::text[] IS NULL OR p.carrier = ANY(:carriers))
        AND p.order_id > :above::uuid AND p.order_id < :below::uuid
        AND (:states::text[] IS NULL OR o.state = ANY(:states))
        AND (:finals::text[] IS NULL OR o.state <> ALL(:finals))
        AND (:documents::text[] IS NULL OR o.buyer_document = ANY(:documents))
        -- None of them is awaited any more, and so none is late.
        AND :late::timestamptz IS NULL
        AND (:system::text IS NULL OR EXISTS (
            SELECT FROM facing f WHERE f.instance_id = p.order_id
        ))
        AND (NOT :of_cause::boolean OR p.order_id = ANY(ARRAY(SELECT instance_id FROM stuck)))
)

-- name: promised.page
-- Those that were due last.
page AS (SELECT * FROM wanted ORDER BY due_at DESC, order_id DESC LIMIT :page)

-- name: promised.page_back
-- Those that were due first.
page AS (SELECT * FROM wanted ORDER BY due_at, order_id LIMIT :page)
