-- name: settled.add
-- Promises of which it is known now what became of them.
INSERT INTO settled_promise (tenant_id, due_at, order_id, became, store, channel, carrier)
SELECT u.* FROM unnest(
    :tenants::integer[], :dues::timestamptz[], :orders::uuid[], :becames::text[], :stores::text[],
    :channels::text[], :carriers::text[]
) AS u;

-- name: settled.forget
-- Look for settled promises anew.
DELETE FROM settled_promise;

-- name: settled.among
-- What is kept of the promises of these orders.
SELECT
    s.tenant_id AS tenant, s.order_id::text AS instance, s.due_at, s.became, s.store, s.channel,
    s.carrier
FROM unnest(:tenants::integer[], :orders::uuid[]) AS w (tenant_id, order_id)
JOIN settled_promise s ON s.tenant_id = w.tenant_id AND s.order_id = w.order_id;

-- name: settled.count
-- How many settled promises are kept.
SELECT count(*) AS n FROM settled_promise;
