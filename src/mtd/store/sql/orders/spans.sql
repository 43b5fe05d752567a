-- name: spans.reached
-- The steps in which orders came into states, an instance's together; a page.
SELECT instance_id, seq, at, payload FROM journal
WHERE tenant_id = :tenant
    AND (instance_id, seq) > (:after_instance::uuid, :after_seq::integer)
    AND (seq = 1 OR position('["state",'::bytea IN payload) > 0)
ORDER BY instance_id, seq LIMIT :page;
