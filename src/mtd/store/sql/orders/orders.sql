-- name: orders.by_id
-- Orders by their ids.
SELECT
    o.id::text, country, store, channel, external_id, branch, currency, amount, buyer_document,
    placed_at, promised_at, received_at, o.state, since, resume, reached,
    coalesce(i.definition, '') AS definition, i.held_by::text
FROM purchase_order o
LEFT JOIN instance i ON i.tenant_id = o.tenant_id AND i.id = o.id
WHERE o.tenant_id = :tenant AND o.id = ANY(:ids::uuid[]);

-- name: orders.id_of
-- The id of the order that has this key.
SELECT id::text FROM purchase_order
WHERE tenant_id = :tenant AND country = :country AND store = :store AND channel = :channel
  AND external_id = :external_id;

-- name: orders.found
-- The orders that blind index keys lead to, newest first.
SELECT DISTINCT order_id AS found, order_id::text AS id FROM order_search
WHERE tenant_id = :tenant AND digest = ANY(:digests::bytea[])
ORDER BY order_id DESC LIMIT :page;

-- name: orders.page
-- Orders newest first, from below one on, by state, country, store and channel where given.
SELECT
    o.id::text, country, store, channel, external_id, branch, currency, amount, buyer_document,
    placed_at, promised_at, received_at, o.state, since, resume, reached,
    coalesce(i.definition, '') AS definition, i.held_by::text
FROM purchase_order o
LEFT JOIN instance i ON i.tenant_id = o.tenant_id AND i.id = o.id
WHERE o.tenant_id = :tenant
  AND (:below::uuid IS NULL OR o.id < :below)
  AND (:state::text IS NULL OR o.state = :state)
  AND (:country::text IS NULL OR country = :country)
  AND (:store::text IS NULL OR store = :store)
  AND (:channel::text IS NULL OR channel = :channel)
ORDER BY o.id DESC LIMIT :page;

-- name: orders.conflicts
-- Orders that came again with other content, oldest first, until a person settles it.
SELECT order_id::text, at, source, message_id, hash, hash_before
FROM order_conflict
WHERE tenant_id = :tenant AND settled_at IS NULL
ORDER BY at, order_id LIMIT :page;

-- name: orders.settle_conflict
-- A person looked into it.
UPDATE order_conflict SET settled_at = now()
WHERE tenant_id = :tenant AND order_id = :order AND hash = :hash AND settled_at IS NULL
RETURNING order_id;

-- name: orders.content
-- The latest content of an order, with the key that opens it.
SELECT
    p.tenant_id AS tenant, p.order_id::text AS order, p.version, p.person, p.key_id::text, k.wrapped AS wrapped_key,
    p.ciphertext, p.hash
FROM order_payload p
JOIN person_key k ON k.tenant_id = p.tenant_id AND k.person = p.person AND k.key_id = p.key_id
WHERE p.tenant_id = :tenant AND p.order_id = :order
ORDER BY p.version DESC LIMIT 1;

