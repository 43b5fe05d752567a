-- name: kept.keep
-- Documents of orders whose persons were not erased; one that is kept already stays as it is.
WITH given AS (
    SELECT d.* FROM unnest(
        :tenants::integer[], :orders::uuid[], :persons::bytea[], :key_ids::uuid[], :names::text[],
        :media_types::text[], :hashes::bytea[], :ciphertexts::bytea[]
    ) WITH ORDINALITY AS d (
        tenant_id, order_id, person, key_id, name, media_type, hash, ciphertext, n
    )
    JOIN person_key k
        ON k.tenant_id = d.tenant_id AND k.person = d.person AND k.key_id = d.key_id
    WHERE k.wrapped IS NOT NULL
), kept AS (
    INSERT INTO kept_document (
        tenant_id, order_id, person, key_id, name, media_type, hash, ciphertext
    )
    SELECT tenant_id, order_id, person, key_id, name, media_type, hash, ciphertext FROM given
    ON CONFLICT DO NOTHING
)
SELECT n FROM given;

-- name: kept.of
-- The documents of an order, oldest first, each with the key that opens it.
SELECT
    d.name, d.media_type, d.kept_at, d.hash, d.ciphertext, d.key_id::text, k.wrapped AS wrapped_key
FROM kept_document d
JOIN person_key k ON k.tenant_id = d.tenant_id AND k.person = d.person AND k.key_id = d.key_id
WHERE d.tenant_id = :tenant AND d.order_id = :order
ORDER BY d.kept_at, d.name;
