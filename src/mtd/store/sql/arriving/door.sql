-- name: door.begin
-- A transaction that may write, in which row-level security shows the rows of one tenant.
BEGIN READ WRITE; SET LOCAL app.tenant = :tenant;

-- name: door.commit
-- What the transaction did stands.
COMMIT;

-- name: door.undo
-- What the transaction did is undone.
ROLLBACK;

-- name: door.shown
-- From now on, outside of such transactions, row-level security shows the rows of one tenant.
SELECT set_config('app.tenant', :tenant, false);

-- name: door.orders
-- Take in new orders: order, content, key of the person, search keys and the start, or nothing.
WITH arriving AS MATERIALIZED (
    SELECT * FROM unnest(
        :ids::uuid[], :countries::text[], :stores::text[], :channels::text[],
        :external_ids::text[], :branches::text[], :currencies::text[], :amounts::numeric[],
        :placed_ats::timestamptz[], :promised_ats::timestamptz[], :buyer_documents::text[],
        :persons::bytea[], :key_ids::uuid[], :wrapped_keys::bytea[], :ciphertexts::bytea[],
        :hashes::bytea[], :keys::text[], :definitions::text[], :triggers::bytea[],
        :slots::smallint[], :sources::text[], :message_ids::text[]
    ) AS a (
        id, country, store, channel,
        external_id, branch, currency, amount,
        placed_at, promised_at, buyer_document,
        person, key_id, wrapped_key, ciphertext,
        hash, key, definition, trigger,
        slot, source, message_id
    )
    WHERE NOT EXISTS (
        SELECT FROM person_key k
        WHERE k.tenant_id = :tenant AND k.person = a.person AND k.key_id = a.key_id
          AND k.wrapped IS NULL
    )
),
fresh AS (
    INSERT INTO seen (tenant_id, source, message_id, id, hash)
    SELECT :tenant, source, message_id, id, hash FROM arriving WHERE message_id IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING id
),
placed AS (
    INSERT INTO purchase_order (
        tenant_id, id, country, store, channel, external_id, branch, currency, amount,
        placed_at, promised_at, buyer_document
    )
    SELECT
        :tenant, id, country, store, channel, external_id, branch, currency, amount,
        placed_at, promised_at, buyer_document
    FROM arriving
    WHERE message_id IS NULL OR id IN (SELECT id FROM fresh)
    ON CONFLICT DO NOTHING
    RETURNING id
),
sealed AS (
    INSERT INTO order_payload (
        tenant_id, order_id, version, person, key_id, hash, ciphertext
    )
    SELECT :tenant, id, 1, person, key_id, hash, ciphertext FROM arriving JOIN placed USING (id)
),
keyed AS (
    INSERT INTO person_key (tenant_id, person, key_id, wrapped)
    SELECT :tenant, person, key_id, wrapped_key FROM arriving JOIN placed USING (id)
    ON CONFLICT DO NOTHING
),
indexed AS (
    INSERT INTO order_search (tenant_id, digest, order_id)
    SELECT :tenant, s.digest, s.id
    FROM unnest(:search_ids::uuid[], :digests::bytea[]) AS s (id, digest) JOIN placed USING (id)
),
started AS (
    INSERT INTO inbox (tenant_id, slot, id, instance_id, definition, key, body)
    SELECT :tenant, slot, id, id, definition, key, trigger FROM arriving JOIN placed USING (id)
)
SELECT id FROM placed;

-- name: door.known_orders
-- Which order has each key already, whether with this content, and with what content last.
SELECT
    a.id AS arrival,
    o.id,
    coalesce(bool_or(p.hash = a.hash), false) AS same,
    (array_agg(p.hash ORDER BY p.version DESC))[1] AS hash
FROM unnest(
    :ids::uuid[], :countries::text[], :stores::text[], :channels::text[],
    :external_ids::text[], :hashes::bytea[]
) AS a (id, country, store, channel, external_id, hash)
JOIN purchase_order o
    ON o.tenant_id = :tenant AND o.country = a.country AND o.store = a.store
    AND o.channel = a.channel AND o.external_id = a.external_id
JOIN order_payload p ON p.tenant_id = o.tenant_id AND p.order_id = o.id
GROUP BY a.id, o.id;

-- name: door.known_messages
-- What the sender's message ids stood for when they were first seen.
SELECT a.id AS arrival, s.id, s.hash
FROM unnest(:ids::uuid[], :sources::text[], :message_ids::text[]) AS a (id, source, message_id)
JOIN seen s
    ON s.tenant_id = :tenant AND s.source = a.source AND s.message_id = a.message_id;

-- name: door.conflicts
-- Keep, for a person, that an order came again with other content.
INSERT INTO order_conflict (tenant_id, order_id, source, message_id, hash, hash_before)
SELECT :tenant, c.* FROM unnest(
    :ids::uuid[], :sources::text[], :message_ids::text[], :hashes::bytea[], :hashes_before::bytea[]
) AS c
ON CONFLICT DO NOTHING;

-- name: door.instances
-- Start instances that carry no order.
WITH arriving AS MATERIALIZED (
    SELECT * FROM unnest(
        :ids::uuid[], :slots::smallint[], :definitions::text[], :keys::text[], :triggers::bytea[],
        :sources::text[], :message_ids::text[]
    ) AS a (id, slot, definition, key, trigger, source, message_id)
),
fresh AS (
    INSERT INTO seen (tenant_id, source, message_id, id, hash)
    SELECT :tenant, source, message_id, id, '' FROM arriving
    ON CONFLICT DO NOTHING
    RETURNING id
),
started AS (
    INSERT INTO inbox (tenant_id, slot, id, instance_id, definition, key, body)
    SELECT :tenant, slot, id, id, definition, key, trigger FROM arriving JOIN fresh USING (id)
)
SELECT id FROM fresh;

-- name: door.triggers
-- Hand triggers to instances that exist, or whose start is still in the inbox.
WITH arriving AS MATERIALIZED (
    SELECT * FROM unnest(
        :ids::uuid[], :instances::uuid[], :slots::smallint[], :triggers::bytea[],
        :sources::text[], :message_ids::text[]
    ) AS a (id, instance_id, slot, trigger, source, message_id)
),
known AS MATERIALIZED (
    SELECT a.id FROM arriving a
    WHERE EXISTS (
        SELECT FROM instance i WHERE i.tenant_id = :tenant AND i.id = a.instance_id
    ) OR EXISTS (
        SELECT FROM inbox i
        WHERE i.tenant_id = :tenant AND i.slot = a.slot AND i.id = a.instance_id
    ) OR EXISTS (
        SELECT FROM purchase_order o WHERE o.tenant_id = :tenant AND o.id = a.instance_id
    )
),
fresh AS (
    INSERT INTO seen (tenant_id, source, message_id, id, hash)
    SELECT :tenant, source, message_id, id, '' FROM arriving JOIN known USING (id)
    ON CONFLICT DO NOTHING
    RETURNING id
),
handed AS (
    INSERT INTO inbox (tenant_id, slot, id, instance_id, body)
    SELECT :tenant, slot, id, instance_id, trigger FROM arriving JOIN fresh USING (id)
)
SELECT id, id IN (SELECT id FROM fresh) AS fresh FROM known;

-- name: door.published
-- Keep messages, begin what they start where nobody awaits them, fan signals out to who listens
-- now, and set aside what nobody may wait for.
WITH starting AS MATERIALIZED (
    SELECT
        s.event, s.is_signal, s.gathers, s.element, s.name AS process,
        s.name || '@' || s.version AS definition,
        row_number() OVER (PARTITION BY s.event, s.is_signal ORDER BY s.name, s.element) AS rank
    FROM starter s
    WHERE s.tenant_id = :tenant AND s.event = ANY (:names::text[]) AND NOT EXISTS (
        SELECT FROM definition d
        WHERE d.tenant_id = s.tenant_id AND d.name = s.name AND d.version > s.version
    )
),
named AS MATERIALIZED (
    SELECT
        a.*,
        a.key IS NOT NULL AND EXISTS (
            SELECT FROM subscription s
            WHERE s.tenant_id = :tenant AND s.name = a.name AND s.key = a.key
        ) AS awaited,
        a.key IS NOT NULL AND EXISTS (
            SELECT FROM starting s WHERE s.event = a.name AND NOT s.is_signal
        ) AS starts
    FROM unnest(
        :ids::uuid[], :names::text[], :keys::text[], :payloads::bytea[], :ttls_s::float8[],
        :broadcasts::boolean[], :sources::text[], :message_ids::text[], :hashes::bytea[]
    ) AS a (id, name, key, payload, ttl_s, broadcast, source, message_id, hash)
),
arriving AS MATERIALIZED (
    SELECT
        named.*,
        key IS NULL OR ttl_s > 0 OR awaited OR starts AS welcome,
        starts AND NOT awaited AS begins
    FROM named
),
fresh AS (
    INSERT INTO seen (tenant_id, source, message_id, id, hash)
    SELECT :tenant, source, message_id, id, hash FROM arriving WHERE welcome
    ON CONFLICT DO NOTHING
    RETURNING id
),
beginning AS MATERIALIZED (
    SELECT
        CASE WHEN s.is_signal THEN (
            left(a.id::text, 13)
            || right(md5(a.id::text || s.definition || s.element)::uuid::text, 23)
        )::uuid ELSE a.id END AS id,
        s.process, s.definition, s.element, coalesce(a.key, a.message_id) AS key, a.payload,
        s.gathers AND NOT s.is_signal AS gathers
    FROM arriving a JOIN fresh USING (id)
    JOIN starting s ON s.event = a.name AND s.is_signal = (a.key IS NULL)
    WHERE a.key IS NULL OR (a.begins AND s.rank = 1)
),
conversing AS (
    INSERT INTO conversation (tenant_id, instance_id, process, key)
    SELECT :tenant, id, process, key FROM beginning WHERE gathers ORDER BY process, key
    ON CONFLICT DO NOTHING
    RETURNING instance_id
),
begun AS (
    INSERT INTO inbox (tenant_id, slot, id, instance_id, definition, element, key, body)
    SELECT
        :tenant, ('x' || right(b.id::text, 2))::bit(8)::integer % :slots, b.id, b.id,
        b.definition, b.element, b.key, b.payload
    FROM beginning b
    WHERE b.gathers IS NOT TRUE OR b.id IN (SELECT instance_id FROM conversing)
    RETURNING id
),
kept AS (
    INSERT INTO message (tenant_id, id, expires_at, name, key, payload, source, message_id)
    SELECT
        :tenant, id,
        now() + make_interval(
            secs => greatest(
                ttl_s, CASE WHEN begins THEN :gathering_s::float8 ELSE :grace_s::float8 END
            )
        ),
        name, key, payload, source, message_id
    FROM arriving JOIN fresh USING (id)
    WHERE key IS NOT NULL AND NOT (broadcast AND awaited) AND id NOT IN (SELECT id FROM begun)
),
heard AS (
    INSERT INTO inbox (tenant_id, slot, id, instance_id, wait, signal, body)
    SELECT
        :tenant, s.slot,
        (left(a.id::text, 13) || right(md5(a.id::text || s.instance_id || s.wait)::uuid::text, 23))
        ::uuid,
        s.instance_id, s.wait, a.name, a.payload
    FROM arriving a JOIN fresh USING (id)
    JOIN subscription s ON s.tenant_id = :tenant AND s.name = a.name AND s.key IS NULL
    WHERE a.key IS NULL
    UNION ALL
    SELECT
        :tenant, s.slot,
        (left(a.id::text, 13) || right(md5(a.id::text || s.instance_id || s.wait)::uuid::text, 23))
        ::uuid,
        s.instance_id, s.wait, a.name, a.payload
    FROM arriving a JOIN fresh USING (id)
    JOIN subscription s ON s.tenant_id = :tenant AND s.name = a.name AND s.key = a.key
    WHERE a.broadcast
),
unheard AS (
    INSERT INTO undelivered (
        tenant_id, id, at, reason, name, key, payload, source, message_id, tried
    )
    SELECT
        :tenant, a.id, now(), 'NOBODY_AWAITS', a.name, a.key, a.payload, a.source, a.message_id,
        (
            SELECT coalesce(json_agg(json_build_object(
                'instance', c.instance_id, 'wait', c.wait, 'key', c.key, 'since', c.opened_at
            )), '[]')::text
            FROM (
                (
                    SELECT * FROM subscription
                    WHERE tenant_id = :tenant AND name = a.name AND subscription.key >= a.key
                    ORDER BY key, opened_at LIMIT :tried_max
                )
                UNION ALL
                (
                    SELECT * FROM subscription
                    WHERE tenant_id = :tenant AND name = a.name AND subscription.key < a.key
                    ORDER BY key DESC, opened_at DESC LIMIT :tried_max
                )
            ) AS c
        )
    FROM arriving a WHERE NOT a.welcome
    ON CONFLICT DO NOTHING
)
SELECT id, welcome, id IN (SELECT id FROM fresh) AS fresh FROM arriving;

-- name: door.wake
-- Tell the workers, at the end of this transaction, that something came in.
SELECT pg_notify('mtd', '');
