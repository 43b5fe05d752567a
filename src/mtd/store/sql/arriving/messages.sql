-- name: messages.one
-- A message that waits, or that nobody took; or the instance that it began.
SELECT
    id::text, 'WAITING' AS state, at, expires_at, NULL::timestamptz AS given_up_at, name, key,
    source, message_id, NULL::text AS tried
FROM message WHERE tenant_id = :tenant AND id = :id
UNION ALL
SELECT
    id::text, reason AS state, at, NULL, given_up_at, name, key, source, message_id, tried
FROM undelivered WHERE tenant_id = :tenant AND id = :id
UNION ALL
SELECT id::text, 'BEGAN', NULL, NULL, NULL, definition, key, NULL, NULL, NULL
FROM instance WHERE tenant_id = :tenant AND id = :id;

-- name: messages.seen
-- What a sender's message became, by the sender's own id.
SELECT id::text, at FROM seen
WHERE tenant_id = :tenant AND source = :source AND message_id = :message_id;

-- name: messages.waiting
-- Messages that nobody awaits yet, newest first.
SELECT
    id::text, 'WAITING' AS state, at, expires_at, NULL::timestamptz AS given_up_at, name, key,
    source, message_id, NULL::text AS tried
FROM message
WHERE tenant_id = :tenant AND (:below::uuid IS NULL OR id < :below)
ORDER BY id DESC LIMIT :page;

-- name: messages.given_up
-- Messages that nobody took, newest first.
SELECT
    id::text, reason AS state, at, NULL::timestamptz AS expires_at, given_up_at, name, key, source,
    message_id, tried
FROM undelivered
WHERE tenant_id = :tenant AND (:below::uuid IS NULL OR id < :below)
ORDER BY id DESC LIMIT :page;

-- name: messages.candidates
-- Who awaits a message of this name now: the keys next to this one, on both sides.
SELECT
    c.instance_id::text AS instance, c.wait, c.key, c.opened_at AS since, i.definition,
    i.key AS business_key
FROM (
    (
        SELECT * FROM subscription
        WHERE tenant_id = :tenant AND name = :name AND key >= :key
        ORDER BY key, opened_at LIMIT :tried_max
    )
    UNION ALL
    (
        SELECT * FROM subscription
        WHERE tenant_id = :tenant AND name = :name AND key < :key
        ORDER BY key DESC, opened_at DESC LIMIT :tried_max
    )
) AS c
LEFT JOIN instance i ON i.tenant_id = c.tenant_id AND i.id = c.instance_id;

-- name: messages.names
-- Names of messages that are awaited, or that start something.
WITH RECURSIVE awaited (name) AS (
    SELECT min(name) FROM subscription WHERE tenant_id = :tenant
    UNION ALL
    SELECT (
        SELECT min(s.name) FROM subscription s
        WHERE s.tenant_id = :tenant AND s.name > awaited.name
    )
    FROM awaited WHERE awaited.name IS NOT NULL
)
SELECT name FROM awaited WHERE name IS NOT NULL
UNION
SELECT event FROM starter WHERE tenant_id = :tenant AND NOT is_signal;
