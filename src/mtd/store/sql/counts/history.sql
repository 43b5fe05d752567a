-- name: history.orders
-- Made-up orders, one every so many seconds until a moment; the last ones are not over. Each is
-- searched by as many keys as a real one mostly is, each as long.
WITH made AS MATERIALIZED (
    SELECT
        g.n, g.at,
        (lpad(to_hex((extract(epoch FROM g.at) * 1000)::bigint), 12, '0') || '7'
            || substr(md5(g.n::text), 1, 3) || 'a' || substr(md5(g.n::text), 4, 15))::uuid AS id,
        CASE
            WHEN g.n > :total - :running OR g.n % :straggler = 0 THEN CASE
                WHEN g.n % 55 = 0 THEN 'EXCEPTION'
                ELSE (ARRAY[
                    'IN_FULFILLMENT', 'IN_FULFILLMENT', 'IN_FULFILLMENT', 'DTE_ISSUANCE',
                    'PAYMENT_CONFIRMED', 'DISPATCHED', 'READY_FOR_PICKUP'
                ])[1 + g.n % 7]
            END
            WHEN g.n % 40 = 0 THEN 'CANCELLED'
            ELSE 'CLOSED'
        END AS state
    FROM (
        SELECT
            n, :until::timestamptz - make_interval(secs => (:total - n) * :every_s::float8) AS at
        FROM generate_series(:first::integer, :last::integer) AS n
    ) AS g
),
placed AS (
    INSERT INTO purchase_order (
        tenant_id, id, received_at, placed_at, promised_at, country, store, channel, external_id,
        branch, currency, buyer_document, amount, state, since, reached
    )
    SELECT
        :tenant, id, at, at, at + interval '8 hours', 'CL',
        (ARRAY['paris', 'umbrale', 'carters'])[1 + n % 3],
        (ARRAY['ecommerce', 'ecommerce', 'kiosk', 'phone'])[1 + n / 3 % 4],
        'H-' || n, 'WEB', 'CLP', CASE WHEN n % 7 = 0 THEN 'INVOICE' ELSE 'RECEIPT' END,
        5000 + n % 90000, state, at, state
    FROM made
)
INSERT INTO order_search (tenant_id, order_id, digest)
SELECT :tenant, id, uuid_send(md5(k || '/' || n)::uuid)
FROM made, generate_series(1, :keys::integer) AS k;

-- name: history.instances
-- The instances of the made-up orders.
INSERT INTO instance (tenant_id, id, slot, wake_at, state, definition, key)
SELECT
    :tenant, id, ('x' || right(id::text, 2))::bit(8)::integer % :slots, 'infinity',
    CASE WHEN state IN ('CLOSED', 'CANCELLED') THEN 'COMPLETED' ELSE 'RUNNING' END, :definition,
    country || '/' || store || '/' || channel || '/' || external_id
FROM purchase_order
WHERE tenant_id = :tenant AND id >= :from::uuid AND id < :to::uuid AND external_id LIKE 'H-%';

-- name: history.journals
-- The last made-up orders each get the journal of a real one.
INSERT INTO journal (tenant_id, instance_id, seq, at, kind, element, payload)
SELECT :tenant, h.id, j.seq, h.received_at + (j.at - r.received_at), j.kind, j.element, j.payload
FROM (
    SELECT id, received_at, 1 + row_number() OVER (ORDER BY id) % cardinality(:real::uuid[]) AS pick
    FROM purchase_order
    WHERE tenant_id = :tenant AND id >= :from::uuid AND id < :to::uuid AND external_id LIKE 'H-%'
) AS h
JOIN purchase_order r ON r.tenant_id = :tenant AND r.id = (:real::uuid[])[h.pick]
JOIN journal j ON j.tenant_id = :tenant AND j.instance_id = r.id;

-- name: history.calls
-- And the evidence of its attempts.
INSERT INTO call (
    tenant_id, instance_id, seq, n, wait, visit, attempt, at, took_ms, service, outcome, request,
    response
)
SELECT
    :tenant, h.id, c.seq, c.n, c.wait, c.visit, c.attempt, h.received_at + (c.at - r.received_at),
    c.took_ms, c.service, c.outcome, c.request, c.response
FROM (
    SELECT id, received_at, 1 + row_number() OVER (ORDER BY id) % cardinality(:real::uuid[]) AS pick
    FROM purchase_order
    WHERE tenant_id = :tenant AND id >= :from::uuid AND id < :to::uuid AND external_id LIKE 'H-%'
) AS h
JOIN purchase_order r ON r.tenant_id = :tenant AND r.id = (:real::uuid[])[h.pick]
JOIN call c ON c.tenant_id = :tenant AND c.instance_id = r.id;

-- name: history.long
-- An instance whose journal is very long: the same once more, which changes nothing.
INSERT INTO journal (tenant_id, instance_id, seq, at, kind, element, payload)
SELECT :tenant, :instance, top.seq + n, top.at, 'changed', '', :payload
FROM (
    SELECT max(seq) AS seq, max(at) AS at FROM journal
    WHERE tenant_id = :tenant AND instance_id = :instance::uuid
) AS top, generate_series(1, :rows::integer) AS n;

-- name: history.incidents
-- Open incidents of the orders that have an exception.
INSERT INTO incident (tenant_id, instance_id, id, at, element, code, message)
SELECT
    :tenant, w.order_id, 1000000, w.received_at,
    (:elements::text[])[1 + (hashtext(w.order_id::text) & 1023) % cardinality(:elements::text[])],
    (ARRAY['TECHNICAL_FAILURE', 'LEGACY_UNAVAILABLE', 'ORDER_INVALID'])[
        1 + (hashtext(w.order_id::text) & 1023) % 3
    ], 'HTTP 503'
FROM open_order w WHERE w.tenant_id = :tenant AND w.state = 'EXCEPTION'
ON CONFLICT DO NOTHING;

-- name: history.tasks
-- Work for people at some of the running ones.
INSERT INTO user_task (tenant_id, instance_id, wait, opened_at, due_at, role, element, name, fields)
SELECT
    :tenant, w.order_id, 1000000, w.received_at, w.received_at + interval '1 day', 'agent',
    (:elements::text[])[1], 'Coordinar entrega', '{}'
FROM open_order w WHERE w.tenant_id = :tenant AND w.state = 'IN_FULFILLMENT'
ORDER BY w.order_id DESC LIMIT :count;

-- name: history.files
-- Order files that wait for people.
INSERT INTO intake_file (
    tenant_id, id, size_bytes, source, path, archive, hash, state, cause, attempts, settled_at
)
SELECT
    :tenant, gen_random_uuid(), 900, 'folder', 'CL/paris/ecommerce/h' || n || '.xml', 'none',
    decode(md5(n::text), 'hex'), 'WAITING', 'XML_INVALID', 10, now()
FROM generate_series(1, :count::integer) AS n;

-- name: history.open
-- The made-up orders that are not over.
INSERT INTO open_order (
    tenant_id, order_id, country, store, channel, carrier, received_at, promised_at, awaited, state
)
SELECT
    :tenant, id, country, store, channel,
    (ARRAY['STARKEN', 'CHILEXPRESS'])[1 + amount::integer % 2],
    received_at, promised_at, state NOT IN ('DISPATCHED', 'READY_FOR_PICKUP'), state
FROM purchase_order
WHERE tenant_id = :tenant AND id >= :from::uuid AND id < :to::uuid AND external_id LIKE 'H-%'
    AND state NOT IN ('CLOSED', 'CANCELLED');

-- name: history.resting
-- Where their tokens stand.
INSERT INTO resting (tenant_id, instance_id, token, since, definition, element, store)
SELECT
    :tenant, order_id, 1, received_at, :definition,
    (:elements::text[])[1 + (hashtext(order_id::text) & 1023) % cardinality(:elements::text[])],
    store
FROM open_order WHERE tenant_id = :tenant AND order_id >= :from::uuid AND order_id < :to::uuid
ON CONFLICT DO NOTHING;

-- name: history.order_tallies
-- What would be counted of the made-up orders: by hours, and by days of them. In the order of the
-- key, so that two who write the same day wait for each other, and never both.
WITH hours AS MATERIALIZED (
    SELECT
        date_trunc('hour', received_at, 'UTC') AS since, country, store, channel, buyer_document,
        currency, state = 'CLOSED' AS closed, count(*)::integer AS n, sum(amount) AS amount
    FROM purchase_order
    WHERE tenant_id = :tenant AND id >= :from::uuid AND id < :to::uuid AND external_id LIKE 'H-%'
    GROUP BY 1, 2, 3, 4, 5, 6, 7
),
tallied AS (
    SELECT
        g.grain, s.state, date_trunc(g.grain, h.since, g.zone) AS since, store, channel, country,
        buyer_document, currency, sum(n)::integer AS n, sum(amount) AS amount
    FROM hours h,
        (VALUES ('hour', 'UTC'), ('day', :zone)) AS g (grain, zone),
        (VALUES ('RECEIVED'), ('INVOICED'), ('DISPATCHED'), ('DELIVERED'), ('CLOSED')) AS s (state)
    WHERE closed OR s.state = 'RECEIVED'
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
)
INSERT INTO order_tally (
    tenant_id, grain, state, since, store, channel, country, document, currency, n, amount,
    definition, buckets, counts
)
SELECT :tenant, t.*, :definition, ARRAY[90, 120, 150], ARRAY[n, n, n]
FROM tallied t ORDER BY 2, 3, 4, 5, 6, 7, 8, 9
ON CONFLICT (
    tenant_id, grain, state, since, store, channel, country, document, currency, definition
) DO UPDATE SET n = order_tally.n + excluded.n, amount = order_tally.amount + excluded.amount;

-- name: history.promise_tallies
-- And of their promises.
WITH hours AS MATERIALIZED (
    SELECT
        date_trunc('hour', promised_at, 'UTC') AS since, country, store, channel,
        (ARRAY['STARKEN', 'CHILEXPRESS'])[1 + amount::integer % 2] AS carrier,
        count(*) FILTER (WHERE amount::integer % 20 > 0)::integer AS kept,
        count(*) FILTER (WHERE amount::integer % 20 = 0)::integer AS missed
    FROM purchase_order
    WHERE tenant_id = :tenant AND id >= :from::uuid AND id < :to::uuid
        AND external_id LIKE 'H-%' AND state = 'CLOSED'
    GROUP BY 1, 2, 3, 4, 5
)
INSERT INTO promise_tally (
    tenant_id, grain, since, store, channel, country, carrier, kept, missed, dropped
)
SELECT
    :tenant, g.grain, date_trunc(g.grain, h.since, g.zone), store, channel, country, carrier,
    sum(kept), sum(missed), 0
FROM hours h, (VALUES ('hour', 'UTC'), ('day', :zone)) AS g (grain, zone)
GROUP BY 2, 3, 4, 5, 6, 7 ORDER BY 2, 3, 4, 5, 6, 7
ON CONFLICT (tenant_id, grain, since, store, channel, country, carrier) DO UPDATE SET
    kept = promise_tally.kept + excluded.kept, missed = promise_tally.missed + excluded.missed;

-- name: history.settled
-- And which orders those were.
INSERT INTO settled_promise (tenant_id, due_at, order_id, became, store, channel, carrier)
SELECT
    :tenant, promised_at, id, CASE WHEN amount::integer % 20 > 0 THEN 'kept' ELSE 'missed' END,
    store, channel, (ARRAY['STARKEN', 'CHILEXPRESS'])[1 + amount::integer % 2]
FROM purchase_order
WHERE tenant_id = :tenant AND id >= :from::uuid AND id < :to::uuid
    AND external_id LIKE 'H-%' AND state = 'CLOSED';

-- name: history.step_tallies
-- And of the steps that they would have gone through.
INSERT INTO step_tally (
    tenant_id, grain, since, definition, element, store, visits, leaves, attempts, refusals,
    failures, incidents, overdue, rest_buckets, rest_counts, took_buckets, took_counts
)
SELECT
    :tenant, g.grain, g.since, :definition, e.element, s.store, 90, 90, 95, 1, 4, 1, 2,
    ARRAY[10, 30, 45, 60, 75, 90, 110, 130], ARRAY[10, 10, 20, 20, 10, 10, 5, 5],
    ARRAY[20, 30, 35, 40, 45, 50], ARRAY[10, 20, 30, 20, 10, 5]
FROM (
    SELECT 'hour' AS grain, h AS since
    FROM generate_series(:since::timestamptz, :until::timestamptz, interval '1 hour') AS h
    UNION ALL
    SELECT 'day', (d AT TIME ZONE :zone)
    FROM generate_series(
        date_trunc('day', :since::timestamptz AT TIME ZONE :zone),
        :until::timestamptz AT TIME ZONE :zone, interval '1 day'
    ) AS d
) AS g, unnest(:elements::text[]) AS e (element),
    unnest(ARRAY['paris', 'umbrale', 'carters']) AS s (store)
ON CONFLICT DO NOTHING;

-- name: history.begin
-- Where millions of digests fall is chance: each would dirty a page of its own of their index. And
-- nobody tidies what is still being written.
ALTER TABLE order_search DROP CONSTRAINT order_search_pkey;
ALTER TABLE purchase_order SET (autovacuum_enabled = false);
ALTER TABLE instance SET (autovacuum_enabled = false);
ALTER TABLE order_search SET (autovacuum_enabled = false);
ALTER TABLE order_tally SET (autovacuum_enabled = false);
ALTER TABLE promise_tally SET (autovacuum_enabled = false);
ALTER TABLE settled_promise SET (autovacuum_enabled = false);
ALTER TABLE step_tally SET (autovacuum_enabled = false);
ALTER TABLE journal SET (autovacuum_enabled = false);
ALTER TABLE call SET (autovacuum_enabled = false);

-- name: history.end
-- The index of all of them at once, as the schema has it; whoever tidies may come again.
ALTER TABLE order_search
    ADD CONSTRAINT order_search_pkey PRIMARY KEY (tenant_id, digest, order_id);
ALTER TABLE purchase_order RESET (autovacuum_enabled);
ALTER TABLE instance RESET (autovacuum_enabled);
ALTER TABLE order_search RESET (autovacuum_enabled);
ALTER TABLE order_tally RESET (autovacuum_enabled);
ALTER TABLE promise_tally RESET (autovacuum_enabled);
ALTER TABLE settled_promise RESET (autovacuum_enabled);
ALTER TABLE step_tally RESET (autovacuum_enabled);
ALTER TABLE journal RESET (autovacuum_enabled);
ALTER TABLE call RESET (autovacuum_enabled);

-- name: history.tidy_orders
-- What autovacuum does in time: which pages hold nothing but what all see, and statistics.
VACUUM (ANALYZE) purchase_order, instance, open_order, resting, incident, user_task, intake_file;

-- name: history.tidy_keys
-- The same of what orders are searched by, and of what is counted.
VACUUM (ANALYZE) order_search, order_tally, promise_tally, settled_promise;

-- name: history.tidy_journals
-- The same of journals, and of what is counted of steps.
VACUUM (ANALYZE) journal, call, step_tally;
