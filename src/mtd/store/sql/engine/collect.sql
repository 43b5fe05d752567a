-- name: collect.collect
-- What came in for these slots: triggers, due wakes, and messages that meet a subscription.
WITH RECURSIVE busy (tenant_id) AS (
    SELECT min(tenant_id) FROM inbox WHERE id >= :arrived_from::uuid
    UNION ALL
    SELECT (
        SELECT min(i.tenant_id) FROM inbox i
        WHERE i.tenant_id > busy.tenant_id AND i.id >= :arrived_from::uuid
    )
    FROM busy WHERE busy.tenant_id IS NOT NULL
),
arrived AS (
    SELECT
        1 AS kind, i.tenant_id, i.instance_id, i.id, i.at, i.wait,
        coalesce(i.definition, i.signal) AS name, i.key, i.element, i.body,
        row_number() OVER (PARTITION BY i.tenant_id ORDER BY i.id) AS rank
    FROM busy
    CROSS JOIN unnest(:slots::smallint[]) AS mine (slot)
    CROSS JOIN LATERAL (
        SELECT * FROM inbox
        WHERE inbox.tenant_id = busy.tenant_id AND inbox.slot = mine.slot
          AND inbox.id >= :arrived_from::uuid
          AND (inbox.id = inbox.instance_id OR NOT EXISTS (
            SELECT FROM inbox AS start
            WHERE start.tenant_id = inbox.tenant_id AND start.slot = inbox.slot
              AND start.id = inbox.instance_id
        ))
        ORDER BY inbox.id LIMIT :per_slot
    ) AS i
    ORDER BY rank LIMIT :rows_max
),
due AS (
    SELECT
        2 AS kind, tenant_id, id AS instance_id, NULL::uuid AS id, wake_at AS at,
        NULL::integer AS wait, NULL::text AS name, NULL::text AS key, NULL::text AS element,
        NULL::bytea AS body,
        0::bigint AS rank
    FROM instance
    WHERE slot = ANY(:slots::smallint[]) AND wake_at >= :due_from::timestamptz
      AND wake_at <= now() AND wake_at < 'infinity'
    ORDER BY wake_at LIMIT :rows_max
),
recent AS (
    SELECT m.tenant_id, m.id FROM message m WHERE m.at >= coalesce(now() - :matched_since::interval, '-infinity')
    UNION
    SELECT m.tenant_id, m.id
    FROM subscription s
    JOIN message m ON m.tenant_id = s.tenant_id AND m.name = s.name AND m.key = s.key
    WHERE s.opened_at >= now() - :matched_since::interval AND s.slot = ANY(:slots::smallint[])
),
met AS (
    SELECT DISTINCT ON (s.tenant_id, s.instance_id, s.wait)
        3 AS kind, s.tenant_id, s.instance_id, m.id, m.at, s.wait, m.name, NULL::text AS key,
        NULL::text AS element, m.payload AS body, 0::bigint AS rank
    FROM recent
    JOIN message m USING (tenant_id, id)
    CROSS JOIN LATERAL (
        SELECT * FROM subscription
        WHERE subscription.tenant_id = m.tenant_id AND subscription.name = m.name
          AND subscription.key = m.key
        ORDER BY subscription.opened_at, subscription.instance_id, subscription.wait LIMIT 1
    ) AS s
    WHERE s.slot = ANY(:slots::smallint[]) AND m.expires_at > now()
    ORDER BY s.tenant_id, s.instance_id, s.wait, m.at, m.id
    LIMIT :rows_max
),
happened AS (
    SELECT * FROM arrived UNION ALL SELECT * FROM due UNION ALL SELECT * FROM met
)
SELECT
    clock.at AS now, h.kind, h.tenant_id, h.instance_id, h.id, h.at, h.wait, h.name, h.key,
    h.element, h.body,
    coalesce(s.adopted, 0) AS adopted, coalesce(s.deaths, 0) AS deaths
FROM (SELECT now() AS at) AS clock
LEFT JOIN happened h ON true
LEFT JOIN suspect s ON s.tenant_id = h.tenant_id AND s.instance_id = h.instance_id
ORDER BY h.kind, h.rank, h.at;

-- name: collect.live
-- Instances that lived in the memory of whoever had these slots.
SELECT
    i.tenant_id, i.id, coalesce(s.adopted, 0) AS adopted, coalesce(s.deaths, 0) AS deaths
FROM instance i
LEFT JOIN suspect s ON s.tenant_id = i.tenant_id AND s.instance_id = i.id
WHERE i.slot = ANY(:slots::smallint[]) AND i.wake_at IS NULL
ORDER BY i.id;

-- name: collect.entries
-- The journal rows of these instances, after their snapshot where one can be read.
SELECT
    u.tenant_id, u.id AS instance_id, j.seq, j.at, j.kind, j.element, j.payload
FROM unnest(:tenants::integer[], :ids::uuid[]) AS u (tenant_id, id)
LEFT JOIN snapshot s
    ON s.tenant_id = u.tenant_id AND s.instance_id = u.id AND s.version = :version
JOIN journal j
    ON j.tenant_id = u.tenant_id AND j.instance_id = u.id AND j.seq > coalesce(s.seq, 0)
ORDER BY u.tenant_id, u.id, j.seq;

-- name: collect.instances
-- The rows of these instances, with their snapshot, their order's status and their suspicion.
SELECT
    i.tenant_id, i.id, i.wake_at, i.definition, i.key, i.held_by::text, s.state AS snapshot,
    o.state, o.reached, o.resume,
    (
        SELECT max(p.version) FROM order_payload p
        WHERE p.tenant_id = i.tenant_id AND p.order_id = i.id
    ) AS content_version,
    coalesce(x.adopted, 0) AS adopted, coalesce(x.deaths, 0) AS deaths
FROM unnest(:tenants::integer[], :ids::uuid[]) AS u (tenant_id, id)
JOIN instance i ON i.tenant_id = u.tenant_id AND i.id = u.id
LEFT JOIN snapshot s
    ON s.tenant_id = i.tenant_id AND s.instance_id = i.id AND s.version = :version
LEFT JOIN purchase_order o ON o.tenant_id = i.tenant_id AND o.id = i.id
LEFT JOIN suspect x ON x.tenant_id = i.tenant_id AND x.instance_id = i.id;

-- name: collect.contents
-- The content of these orders, in these versions (0: the latest), with the keys that open them.
SELECT
    u.tenant_id AS tenant, u.id::text AS order, p.version, p.person, p.key_id::text,
    k.wrapped AS wrapped_key, p.ciphertext, p.hash
FROM unnest(:tenants::integer[], :ids::uuid[], :versions::integer[]) AS u (tenant_id, id, version)
CROSS JOIN LATERAL (
    SELECT * FROM order_payload
    WHERE order_payload.tenant_id = u.tenant_id AND order_payload.order_id = u.id
      AND (u.version = 0 OR order_payload.version = u.version)
    ORDER BY order_payload.version DESC LIMIT 1
) AS p
JOIN person_key k
    ON k.tenant_id = p.tenant_id AND k.person = p.person AND k.key_id = p.key_id;
