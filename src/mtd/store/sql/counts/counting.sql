-- name: counting.lock
-- Only one counts at a time; null: nothing was ever counted.
SELECT read_at FROM counter FOR UPDATE;

-- name: counting.whole
-- All that this transaction sees is of one moment.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;

-- name: counting.patient
-- How long each statement of this transaction may take, and how long it may think between them.
SELECT set_config('statement_timeout', :limit_ms, true),
    set_config('idle_in_transaction_session_timeout', :limit_ms, true);

-- name: counting.moment
-- The moment of this transaction, which `read_at` becomes.
SELECT now() AS now;

-- name: counting.turns
-- The next turns of each worker that are not counted; workers are found by jumps in the key.
WITH RECURSIVE known AS (
    (SELECT worker FROM turn ORDER BY worker LIMIT 1)
    UNION ALL
    SELECT (SELECT t.worker FROM turn t WHERE t.worker > k.worker ORDER BY t.worker LIMIT 1)
    FROM known k WHERE k.worker IS NOT NULL
)
SELECT k.worker::text AS worker, t.n, t.tenants, t.instances::text[] AS instances, t.seqs
FROM known k
LEFT JOIN counter_position p ON p.worker = k.worker
JOIN LATERAL (
    SELECT n, tenants, instances, seqs FROM turn
    WHERE worker = k.worker AND n > coalesce(p.n, 0) ORDER BY n LIMIT :turns
) t ON true
WHERE k.worker IS NOT NULL
ORDER BY k.worker, t.n;

-- name: counting.courses
-- What is known of instances that moved: how far they were counted, what they are, their order.
SELECT
    w.tenant_id AS tenant, w.instance_id::text AS instance, c.seq, c.carrier,
    c.reached, c.ended_at, c.definition AS counted_definition, i.definition, i.state <> 'RUNNING' AS over,
    o.country, o.store, o.channel, o.buyer_document AS document, o.currency, o.amount,
    o.received_at, o.promised_at, o.state
FROM unnest(:tenants::integer[], :instances::uuid[]) AS w (tenant_id, instance_id)
JOIN instance i ON i.tenant_id = w.tenant_id AND i.id = w.instance_id
LEFT JOIN counted c ON c.tenant_id = w.tenant_id AND c.instance_id = w.instance_id
LEFT JOIN purchase_order o ON o.tenant_id = w.tenant_id AND o.id = w.instance_id;

-- name: counting.resting
-- Where the tokens of instances stood.
SELECT
    r.tenant_id AS tenant, r.instance_id::text AS instance, r.token, r.since, r.due_at,
    r.definition, r.element
FROM unnest(:tenants::integer[], :instances::uuid[]) AS w (tenant_id, instance_id)
JOIN resting r ON r.tenant_id = w.tenant_id AND r.instance_id = w.instance_id;

-- name: counting.open
-- What is noted of these instances as orders that are not over.
SELECT p.tenant_id AS tenant, p.order_id::text AS instance, p.awaited, p.state
FROM unnest(:tenants::integer[], :instances::uuid[]) AS w (tenant_id, instance_id)
JOIN open_order p ON p.tenant_id = w.tenant_id AND p.order_id = w.instance_id;

-- name: counting.migrated
-- The rows by which instances migrated after a row of theirs.
SELECT j.tenant_id AS tenant, j.instance_id::text AS instance, j.payload
FROM unnest(:tenants::integer[], :instances::uuid[], :afters::integer[])
    AS w (tenant_id, instance_id, after)
JOIN journal j ON j.tenant_id = w.tenant_id AND j.instance_id = w.instance_id
    AND j.seq > w.after AND j.kind = 'migrated'
ORDER BY j.tenant_id, j.instance_id, j.seq;

-- name: counting.entries
-- The rows of instances' journals that follow one.
SELECT
    j.tenant_id AS tenant, j.instance_id::text AS instance, j.seq, j.at, j.kind, j.element,
    j.payload
FROM unnest(:tenants::integer[], :instances::uuid[], :afters::integer[])
    AS w (tenant_id, instance_id, after)
JOIN journal j ON j.tenant_id = w.tenant_id AND j.instance_id = w.instance_id AND j.seq > w.after
ORDER BY j.tenant_id, j.instance_id, j.seq;

-- name: counting.instances
-- Every instance, by its key.
SELECT tenant_id AS tenant, id::text AS instance FROM instance
WHERE (tenant_id, id) > (:tenant, :after::uuid)
ORDER BY tenant_id, id LIMIT :page;

-- name: counting.add_orders
-- More entries of orders into states.
INSERT INTO order_tally AS t (
    tenant_id, grain, since, country, store, channel, document, currency, state, definition,
    n, amount, buckets, counts
)
SELECT
    u.tenant_id, u.grain, u.since, u.country, u.store, u.channel, u.document, u.currency, u.state,
    u.definition, u.n, u.amount, u.buckets::smallint[], u.counts::integer[]
FROM unnest(
    :tenants::integer[], :grains::text[], :sinces::timestamptz[], :countries::text[],
    :stores::text[], :channels::text[], :documents::text[], :currencies::text[], :states::text[],
    :definitions::text[], :ns::integer[], :amounts::numeric[], :buckets::text[], :counts::text[]
) AS u (
    tenant_id, grain, since, country, store, channel, document, currency, state, definition, n,
    amount, buckets, counts
)
ON CONFLICT (
    tenant_id, grain, state, since, store, channel, country, document, currency, definition
) DO UPDATE SET
    n = t.n + excluded.n,
    amount = t.amount + excluded.amount,
    (buckets, counts) = (
        SELECT
            coalesce(array_agg(m.bucket ORDER BY m.bucket), '{}'),
            coalesce(array_agg(m.n ORDER BY m.bucket), '{}')
        FROM (
            SELECT s.bucket, sum(s.n)::integer AS n FROM (
                SELECT * FROM unnest(t.buckets, t.counts) AS a (bucket, n)
                UNION ALL
                SELECT * FROM unnest(excluded.buckets, excluded.counts) AS b (bucket, n)
            ) AS s GROUP BY s.bucket
        ) AS m
    );

-- name: counting.add_steps
-- More of what happened at elements.
INSERT INTO step_tally AS t (
    tenant_id, grain, since, definition, element, store, visits, leaves, attempts, refusals,
    failures, incidents, overdue, rest_buckets, rest_counts, took_buckets, took_counts
)
SELECT
    u.tenant_id, u.grain, u.since, u.definition, u.element, u.store, u.visits, u.leaves,
    u.attempts, u.refusals, u.failures, u.incidents, u.overdue,
    u.rest_buckets::smallint[], u.rest_counts::integer[],
    u.took_buckets::smallint[], u.took_counts::integer[]
FROM unnest(
    :tenants::integer[], :grains::text[], :sinces::timestamptz[], :definitions::text[],
    :elements::text[], :stores::text[], :visits::integer[], :leaves::integer[],
    :attempts::integer[], :refusals::integer[], :failures::integer[], :incidents::integer[],
    :overdues::integer[], :rest_buckets::text[], :rest_counts::text[], :took_buckets::text[],
    :took_counts::text[]
) AS u (
    tenant_id, grain, since, definition, element, store, visits, leaves, attempts, refusals,
    failures, incidents, overdue, rest_buckets, rest_counts, took_buckets, took_counts
)
ON CONFLICT (tenant_id, grain, since, definition, element, store) DO UPDATE SET
    visits = t.visits + excluded.visits,
    leaves = t.leaves + excluded.leaves,
    attempts = t.attempts + excluded.attempts,
    refusals = t.refusals + excluded.refusals,
    failures = t.failures + excluded.failures,
    incidents = t.incidents + excluded.incidents,
    overdue = t.overdue + excluded.overdue,
    (rest_buckets, rest_counts) = (
        SELECT
            coalesce(array_agg(m.bucket ORDER BY m.bucket), '{}'),
            coalesce(array_agg(m.n ORDER BY m.bucket), '{}')
        FROM (
            SELECT s.bucket, sum(s.n)::integer AS n FROM (
                SELECT * FROM unnest(t.rest_buckets, t.rest_counts) AS a (bucket, n)
                UNION ALL
                SELECT * FROM unnest(excluded.rest_buckets, excluded.rest_counts) AS b (bucket, n)
            ) AS s GROUP BY s.bucket
        ) AS m
    ),
    (took_buckets, took_counts) = (
        SELECT
            coalesce(array_agg(m.bucket ORDER BY m.bucket), '{}'),
            coalesce(array_agg(m.n ORDER BY m.bucket), '{}')
        FROM (
            SELECT s.bucket, sum(s.n)::integer AS n FROM (
                SELECT * FROM unnest(t.took_buckets, t.took_counts) AS a (bucket, n)
                UNION ALL
                SELECT * FROM unnest(excluded.took_buckets, excluded.took_counts) AS b (bucket, n)
            ) AS s GROUP BY s.bucket
        ) AS m
    );

-- name: counting.add_promises
-- More promises of which it is known now what became of them.
INSERT INTO promise_tally AS t (
    tenant_id, grain, since, country, store, channel, carrier, kept, missed, dropped
)
SELECT u.* FROM unnest(
    :tenants::integer[], :grains::text[], :sinces::timestamptz[], :countries::text[],
    :stores::text[], :channels::text[], :carriers::text[], :kepts::integer[],
    :misseds::integer[], :droppeds::integer[]
) AS u
ON CONFLICT (tenant_id, grain, since, store, channel, country, carrier) DO UPDATE SET
    kept = t.kept + excluded.kept,
    missed = t.missed + excluded.missed,
    dropped = t.dropped + excluded.dropped;

-- name: counting.opened
-- Orders that are not over, and how they stand.
INSERT INTO open_order (
    tenant_id, order_id, country, store, channel, carrier, received_at, promised_at, awaited, state
)
SELECT u.* FROM unnest(
    :tenants::integer[], :orders::uuid[], :countries::text[], :stores::text[], :channels::text[],
    :carriers::text[], :receiveds::timestamptz[], :promiseds::timestamptz[], :awaiteds::boolean[],
    :states::text[]
) AS u
ON CONFLICT (tenant_id, order_id) DO UPDATE SET
    carrier = excluded.carrier, awaited = excluded.awaited, state = excluded.state;

-- name: counting.over
-- Orders that are over.
DELETE FROM open_order p
USING unnest(:tenants::integer[], :orders::uuid[]) AS u (tenant_id, order_id)
WHERE p.tenant_id = u.tenant_id AND p.order_id = u.order_id;

-- name: counting.lift
-- The tokens of instances stand where they stood no more.
DELETE FROM resting r
USING unnest(:tenants::integer[], :instances::uuid[], :tokens::integer[])
    AS u (tenant_id, instance_id, token)
WHERE r.tenant_id = u.tenant_id AND r.instance_id = u.instance_id AND r.token = u.token;

-- name: counting.set_down
-- Where tokens stand from now on.
INSERT INTO resting (tenant_id, instance_id, token, definition, element, store, since, due_at)
SELECT u.* FROM unnest(
    :tenants::integer[], :instances::uuid[], :tokens::integer[], :definitions::text[],
    :elements::text[], :stores::text[], :sinces::timestamptz[], :dues::timestamptz[]
) AS u;

-- name: counting.services
-- What elements call.
INSERT INTO element_service AS s (tenant_id, definition, element, service)
SELECT u.* FROM unnest(
    :tenants::integer[], :definitions::text[], :elements::text[], :services::text[]
) AS u
ON CONFLICT (tenant_id, definition, element) DO UPDATE SET service = excluded.service
WHERE s.service <> excluded.service;

-- name: counting.note
-- How far instances are counted.
INSERT INTO counted AS c (tenant_id, instance_id, seq, definition, carrier, reached, ended_at)
SELECT u.* FROM unnest(
    :tenants::integer[], :instances::uuid[], :seqs::integer[], :definitions::text[],
    :carriers::text[], :reacheds::text[], :endeds::timestamptz[]
) AS u
ON CONFLICT (tenant_id, instance_id) DO UPDATE SET
    seq = excluded.seq, definition = excluded.definition, reached = excluded.reached,
    ended_at = excluded.ended_at;

-- name: counting.positions
-- How far each worker's turns are counted.
INSERT INTO counter_position (worker, n)
SELECT u.* FROM unnest(:workers::uuid[], :ns::bigint[]) AS u
ON CONFLICT (worker) DO UPDATE SET n = excluded.n;

-- name: counting.ends
-- The last turn of each worker that this transaction sees.
WITH RECURSIVE known AS (
    (SELECT worker FROM turn ORDER BY worker LIMIT 1)
    UNION ALL
    SELECT (SELECT t.worker FROM turn t WHERE t.worker > k.worker ORDER BY t.worker LIMIT 1)
    FROM known k WHERE k.worker IS NOT NULL
)
SELECT
    k.worker::text AS worker,
    (SELECT n FROM turn WHERE worker = k.worker ORDER BY n DESC LIMIT 1) AS n
FROM known k WHERE k.worker IS NOT NULL;

-- name: counting.done
-- All of before this moment is counted; null: only more than was.
UPDATE counter SET read_at = coalesce(:read_at, read_at);

-- name: counting.forget_courses
-- Forget how far instances are counted that ended long ago: nothing late of them comes any more.
DELETE FROM counted WHERE ended_at < now() - make_interval(secs => :older_s);

-- name: counting.forget_orders
-- Count entries into states anew.
DELETE FROM order_tally;

-- name: counting.forget_steps
-- Count what happened at elements anew.
DELETE FROM step_tally;

-- name: counting.forget_promises
-- Count promises anew.
DELETE FROM promise_tally;

-- name: counting.forget_open
-- Look for orders that are not over anew.
DELETE FROM open_order;

-- name: counting.forget_resting
-- Look for tokens anew.
DELETE FROM resting;

-- name: counting.forget_counted
-- Count every instance from its first row on.
DELETE FROM counted;

-- name: counting.all_orders
-- The entries into states that are counted, some at a time.
SELECT
    tenant_id AS tenant, grain, since, country, store, channel, document, currency, state,
    definition, n, amount, buckets, counts
FROM order_tally;

-- name: counting.all_steps
-- What is counted of elements.
SELECT
    tenant_id AS tenant, grain, since, definition, element, store, visits, leaves, attempts,
    refusals, failures, incidents, overdue, rest_buckets, rest_counts, took_buckets, took_counts
FROM step_tally;

-- name: counting.all_promises
-- What is counted of promises.
SELECT
    tenant_id AS tenant, grain, since, country, store, channel, carrier, kept, missed, dropped
FROM promise_tally;

-- name: counting.all_open
-- Every order that is not over.
SELECT tenant_id AS tenant, order_id::text AS instance, promised_at, carrier, awaited
FROM open_order;

-- name: counting.all_resting
-- Where every token stands.
SELECT
    tenant_id AS tenant, instance_id::text AS instance, token, definition, element, store, since,
    due_at
FROM resting;
