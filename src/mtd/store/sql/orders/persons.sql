-- name: persons.keys
-- The keys of a person that open something still; held, so that nobody erases them meanwhile.
SELECT key_id::text, wrapped, due_at FROM person_key
WHERE tenant_id = :tenant AND person = :person AND wrapped IS NOT NULL
ORDER BY key_id FOR UPDATE;

-- name: persons.found
-- The orders that search keys lead to.
SELECT DISTINCT order_id::text AS id FROM order_search
WHERE tenant_id = :tenant AND digest = ANY(:digests::bytea[]) LIMIT :page;

-- name: persons.asked
-- The bearers of a person's documents that were asked for without an order.
SELECT DISTINCT t.instance_id::text AS id
FROM tax_document t
JOIN kept_document d ON d.tenant_id = t.tenant_id AND d.order_id = t.instance_id
WHERE t.tenant_id = :tenant AND t.effect = 'request' AND d.person = :person LIMIT :page;

-- name: persons.opened
-- The orders that hold something which these keys open; no index helps.
SELECT p.order_id::text AS id FROM order_payload p
WHERE p.tenant_id = :tenant AND p.person = :person AND p.key_id = ANY(:keys::uuid[])
UNION
SELECT d.order_id::text FROM kept_document d
WHERE d.tenant_id = :tenant AND d.person = :person AND d.key_id = ANY(:keys::uuid[])
LIMIT :page;

-- name: persons.standings
-- Where orders stand, and whether their process goes on.
SELECT
    o.id::text, o.country || '/' || o.store || '/' || o.channel || '/' || o.external_id AS key,
    o.state, coalesce(i.state, 'RUNNING') = 'RUNNING' AS runs
FROM purchase_order o
LEFT JOIN instance i ON i.tenant_id = o.tenant_id AND i.id = o.id
WHERE o.tenant_id = :tenant AND o.id = ANY(:orders::uuid[])
ORDER BY o.id;

-- name: persons.contents
-- Every version of the content of those of these orders that are about the person.
SELECT
    p.tenant_id AS tenant, p.order_id::text AS order, p.version, p.person, p.key_id::text,
    k.wrapped AS wrapped_key, p.ciphertext, p.hash
FROM order_payload p
JOIN person_key k ON k.tenant_id = p.tenant_id AND k.person = p.person AND k.key_id = p.key_id
WHERE p.tenant_id = :tenant AND p.order_id = ANY(:orders::uuid[]) AND p.person = :person
ORDER BY p.order_id, p.version;

-- name: persons.kept
-- What is kept of the person with these orders, each with what opens it still.
SELECT
    d.order_id::text AS order, d.name, d.hash, d.ciphertext, d.key_id::text, k.wrapped AS wrapped_key
FROM kept_document d
JOIN person_key k ON k.tenant_id = d.tenant_id AND k.person = d.person AND k.key_id = d.key_id
WHERE d.tenant_id = :tenant AND d.order_id = ANY(:orders::uuid[]) AND d.person = :person
  AND k.wrapped IS NOT NULL
ORDER BY d.order_id, d.name, d.hash;

-- name: persons.files
-- The order files that became these orders, came again, or were held beside them.
SELECT
    id::text, source, path, hash, size_bytes, archive, state, attempts, pushes, cause,
    order_key, order_id::text, arrived_at, due_at, settled_at
FROM intake_file
WHERE tenant_id = :tenant AND archive <> '' AND (
    id = ANY(:orders::uuid[])
    OR (order_id <> id AND order_id = ANY(:orders::uuid[]))
    OR (state IN ('WAITING', 'REJECTED') AND order_key = ANY(:keys::text[]))
)
ORDER BY id;

-- name: persons.keep_key
-- The key that is left for what has to be kept, and until when; one that is there may be for longer.
INSERT INTO person_key (tenant_id, person, key_id, wrapped, due_at)
VALUES (:tenant, :person, :key_id, :wrapped, :due_at)
ON CONFLICT (tenant_id, person, key_id) DO UPDATE SET due_at = excluded.due_at;

-- name: persons.reseal
-- Documents are sealed with that key from now on.
UPDATE kept_document d SET key_id = :key_id, ciphertext = u.ciphertext
FROM unnest(:orders::uuid[], :names::text[], :hashes::bytea[], :ciphertexts::bytea[])
    AS u (order_id, name, hash, ciphertext)
WHERE d.tenant_id = :tenant AND d.order_id = u.order_id AND d.name = u.name AND d.hash = u.hash
  AND d.person = :person
RETURNING d.name;

-- name: persons.erase
-- Forget for ever what these keys open: without them every copy of it is noise.
UPDATE person_key SET wrapped = NULL, erased_at = now()
WHERE tenant_id = :tenant AND person = :person AND key_id = ANY(:keys::uuid[])
  AND wrapped IS NOT NULL
RETURNING key_id;

-- name: persons.unfind
-- Orders are found by these search keys no more.
DELETE FROM order_search s
USING unnest(:orders::uuid[], :digests::bytea[]) AS u (order_id, digest)
WHERE s.tenant_id = :tenant AND s.digest = u.digest AND s.order_id = u.order_id;

-- name: persons.unsay
-- What people remarked about orders is taken back; that they did, and when, stays.
UPDATE remark SET words = :mask
WHERE tenant_id = :tenant AND order_id = ANY(:orders::uuid[]) AND words <> :mask
RETURNING id;

-- name: persons.unquote
-- What providers and others said about orders is taken back: of letters that came back or were
-- refused, and in messages that nobody took. That they did, and when, stays.
WITH named AS (
    SELECT key FROM unnest(:keys::text[]) AS k (key)
    UNION SELECT key FROM instance
    WHERE tenant_id = :tenant AND id = ANY(:orders::uuid[]) AND key <> ''
),
hers AS (
    SELECT mail_id FROM document_letter
    WHERE tenant_id = :tenant AND instance_id = ANY(:orders::uuid[])
),
refused AS (
    UPDATE document_letter SET refusal = :mask
    WHERE tenant_id = :tenant AND instance_id = ANY(:orders::uuid[]) AND refusal NOT IN ('', :mask)
),
bounced AS (
    UPDATE mail_bounce SET reason = :mask
    WHERE tenant_id = :tenant AND reason NOT IN ('', :mask) AND (
        mail_id IN (SELECT mail_id FROM hers) OR key IN (SELECT key FROM named)
    )
),
waiting AS (
    UPDATE message SET payload = :nothing
    WHERE tenant_id = :tenant AND name = :bounced AND key IN (SELECT key FROM named)
)
UPDATE undelivered SET payload = :nothing
WHERE tenant_id = :tenant AND key IN (SELECT key FROM named) AND payload <> :nothing
RETURNING id;

-- name: persons.empty
-- The raw bytes of files are no more, nor what was quoted of them.
WITH emptied AS (
    UPDATE intake_file SET archive = '' WHERE tenant_id = :tenant AND id = ANY(:files::uuid[])
    RETURNING id
)
UPDATE intake_failure f SET message = :mask
FROM emptied e WHERE f.tenant_id = :tenant AND f.file_id = e.id;
