-- name: figures.read_at
-- Until when the journal is counted; null: not at all.
SELECT read_at FROM counter;

-- name: figures.orders
-- Entries of orders into some states, by hour or day, in some spans of time: each by the key.
SELECT
    t.state, t.since, t.store, t.currency, sum(t.n)::bigint AS n, sum(t.amount) AS amount
FROM unnest(:froms::timestamptz[], :untils::timestamptz[]) AS s (since, until),
    unnest(:states::text[]) AS w (state),
    LATERAL (
        SELECT * FROM order_tally o
        WHERE o.tenant_id = :tenant AND o.grain = :grain AND o.state = w.state
            AND o.since >= s.since AND o.since < s.until
            AND (:stores::text[] IS NULL OR o.store = ANY(:stores))
        OFFSET 0
    ) AS t
GROUP BY t.state, t.since, t.store, t.currency
ORDER BY t.since;

-- name: figures.sales
-- Entries of orders into some states in a span of time, by store, channel and document.
SELECT
    t.state, t.store, t.channel, t.document, t.currency, sum(t.n)::bigint AS n,
    sum(t.amount) AS amount
FROM unnest(:states::text[]) AS w (state), LATERAL (
    SELECT * FROM order_tally o
    WHERE o.tenant_id = :tenant AND o.grain = :grain AND o.state = w.state
        AND o.since >= :since AND o.since < :until
        AND (:stores::text[] IS NULL OR o.store = ANY(:stores))
    OFFSET 0
) AS t
GROUP BY t.state, t.store, t.channel, t.document, t.currency;

-- name: figures.spans
-- How long after they were received orders entered some states, by store and channel.
SELECT t.store, t.channel, b.bucket, sum(b.n)::bigint AS n
FROM order_tally t, unnest(t.buckets, t.counts) AS b (bucket, n)
WHERE t.tenant_id = :tenant AND t.grain = 'day' AND t.state = ANY(:states::text[])
    AND t.since >= :since
    AND (:stores::text[] IS NULL OR t.store = ANY(:stores))
GROUP BY t.store, t.channel, b.bucket;

-- name: figures.promises
-- What became of the promises that were due in a span of time; by days of a zone, where one is given.
SELECT
    store, channel, carrier,
    coalesce((since AT TIME ZONE :day_zone::text)::date::text, '') AS day, sum(kept)::bigint AS kept, sum(missed)::bigint AS missed,
    sum(dropped)::bigint AS dropped
FROM promise_tally
WHERE tenant_id = :tenant AND grain = :grain AND since >= :since AND since < :until
    AND (:stores::text[] IS NULL OR store = ANY(:stores))
GROUP BY store, channel, carrier, day;

-- name: figures.open
-- Open promises due in a span of time, by how they stand; `usual`: what orders of a kind take.
SELECT
    p.store, p.channel, p.carrier,
    coalesce((p.promised_at AT TIME ZONE :day_zone::text)::date::text, '') AS day,
    count(*) FILTER (WHERE p.promised_at < :now) AS overdue,
    count(*) FILTER (WHERE p.promised_at >= :now AND p.promised_at < :risk) AS at_risk,
    count(*) FILTER (WHERE p.promised_at >= :now AND p.promised_at >= :risk) AS on_time,
    count(*) FILTER (
        WHERE p.promised_at >= :now
            AND p.received_at + make_interval(secs => u.usual_s) > p.promised_at
    ) AS doomed
FROM open_order p
LEFT JOIN unnest(:usual_stores::text[], :usual_channels::text[], :usual_s::float8[])
    AS u (store, channel, usual_s) ON u.store = p.store AND u.channel = p.channel
WHERE p.tenant_id = :tenant AND p.awaited AND p.promised_at >= :since AND p.promised_at < :until
    AND (:stores::text[] IS NULL OR p.store = ANY(:stores))
GROUP BY p.store, p.channel, p.carrier, day;

-- name: figures.steps
-- What happened at elements in a span of time; one definition's, or all of them.
SELECT
    definition, element, sum(visits)::bigint AS visits, sum(leaves)::bigint AS leaves,
    sum(attempts)::bigint AS attempts, sum(refusals)::bigint AS refusals,
    sum(failures)::bigint AS failures, sum(incidents)::bigint AS incidents,
    sum(overdue)::bigint AS overdue
FROM step_tally
WHERE tenant_id = :tenant AND grain = :grain AND since >= :since AND since < :until
    AND (:definition::text IS NULL OR definition = :definition)
    AND (:stores::text[] IS NULL OR store = ANY(:stores))
GROUP BY definition, element;

-- name: figures.durations
-- How long tokens stood at elements, and attempts took, in a span of time.
SELECT t.definition, t.element, d.kind, d.bucket, sum(d.n)::bigint AS n
FROM step_tally t, LATERAL (
    SELECT 'rest' AS kind, r.* FROM unnest(t.rest_buckets, t.rest_counts) AS r (bucket, n)
    UNION ALL
    SELECT 'took', k.* FROM unnest(t.took_buckets, t.took_counts) AS k (bucket, n)
) AS d
WHERE t.tenant_id = :tenant AND t.grain = :grain AND t.since >= :since AND t.since < :until
    AND (:definition::text IS NULL OR t.definition = :definition)
    AND (:stores::text[] IS NULL OR t.store = ANY(:stores))
GROUP BY t.definition, t.element, d.kind, d.bucket;

-- name: figures.waiting
-- How many tokens stand at elements at this moment, and of how many the task is overdue.
SELECT
    definition, element, count(*) AS waiting,
    count(*) FILTER (WHERE due_at < :now) AS overdue_now
FROM resting
WHERE tenant_id = :tenant AND (:definition::text IS NULL OR definition = :definition)
    AND (:stores::text[] IS NULL OR store = ANY(:stores))
GROUP BY definition, element;

-- name: figures.services
-- What elements call.
SELECT definition, element, service FROM element_service
WHERE tenant_id = :tenant AND (:definition::text IS NULL OR definition = :definition);
