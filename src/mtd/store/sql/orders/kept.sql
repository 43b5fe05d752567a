-- name: kept.keep
-- Documents of an order; one that is kept already stays as it is.
INSERT INTO kept_document (
    tenant_id, order_id, key_id, person, name, media_type, hash, ciphertext
)
SELECT :tenant, :order, :key_id, :person, d.name, d.media_type, d.hash, d.ciphertext
FROM unnest(:names::text[], :media_types::text[], :hashes::bytea[], :ciphertexts::bytea[])
    AS d (name, media_type, hash, ciphertext)
ON CONFLICT DO NOTHING;

-- name: kept.of
-- The documents of an order, oldest first, each with the key that opens it.
SELECT
    d.name, d.media_type, d.kept_at, d.hash, d.ciphertext, d.key_id::text, k.wrapped AS wrapped_key
FROM kept_document d
JOIN person_key k ON k.tenant_id = d.tenant_id AND k.person = d.person AND k.key_id = d.key_id
WHERE d.tenant_id = :tenant AND d.order_id = :order
ORDER BY d.kept_at, d.name;
