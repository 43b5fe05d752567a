-- name: looking.orders
-- Of so many orders, the newest first, the last one and the one beyond it: by the key alone.
SELECT o.id::text, o.received_at AS at FROM (
    SELECT id FROM purchase_order
    WHERE tenant_id = :tenant AND id > :above::uuid AND id < :below::uuid
    ORDER BY id DESC OFFSET :before_last::bigint LIMIT 2
) AS e
JOIN purchase_order o ON o.tenant_id = :tenant AND o.id = e.id
ORDER BY o.id DESC;

-- name: looking.orders_back
-- The same, the oldest first.
SELECT o.id::text, o.received_at AS at FROM (
    SELECT id FROM purchase_order
    WHERE tenant_id = :tenant AND id > :above::uuid AND id < :below::uuid
    ORDER BY id OFFSET :before_last::bigint LIMIT 2
) AS e
JOIN purchase_order o ON o.tenant_id = :tenant AND o.id = e.id
ORDER BY o.id;

-- name: looking.promises
-- Of so many settled promises, the latest due first, the last one and the one beyond it.
SELECT order_id::text AS id, due_at AS at FROM settled_promise
WHERE tenant_id = :tenant AND became = :became
    AND (due_at, order_id) > (:over_due::timestamptz, :over::uuid)
    AND (due_at, order_id) < (:under_due::timestamptz, :under::uuid)
ORDER BY due_at DESC, order_id DESC OFFSET :before_last::bigint LIMIT 2;

-- name: looking.promises_back
-- The same, those due first.
SELECT order_id::text AS id, due_at AS at FROM settled_promise
WHERE tenant_id = :tenant AND became = :became
    AND (due_at, order_id) > (:over_due::timestamptz, :over::uuid)
    AND (due_at, order_id) < (:under_due::timestamptz, :under::uuid)
ORDER BY due_at, order_id OFFSET :before_last::bigint LIMIT 2;
