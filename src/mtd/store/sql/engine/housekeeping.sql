-- name: housekeeping.expired
-- Set aside messages that nobody took within their time to live.
WITH late AS (
    DELETE FROM message WHERE expires_at <= now()
    RETURNING tenant_id, id, at, name, key, payload, source, message_id
)
INSERT INTO undelivered (tenant_id, id, at, reason, name, key, payload, source, message_id, tried)
SELECT
    tenant_id, id, at, 'EXPIRED', name, key, payload, source, message_id,
    (
        SELECT coalesce(json_agg(json_build_object(
            'instance', c.instance_id, 'wait', c.wait, 'key', c.key, 'since', c.opened_at
        )), '[]')::text
        FROM (
            (
                SELECT * FROM subscription
                WHERE tenant_id = late.tenant_id AND name = late.name AND subscription.key >= late.key
                ORDER BY key, opened_at LIMIT :tried_max
            )
            UNION ALL
            (
                SELECT * FROM subscription
                WHERE tenant_id = late.tenant_id AND name = late.name AND subscription.key < late.key
                ORDER BY key DESC, opened_at DESC LIMIT :tried_max
            )
        ) AS c
    )
FROM late
ON CONFLICT DO NOTHING
RETURNING id;

-- name: housekeeping.turns
-- Forget old proofs of commits; no lost reply is that old, no reader of the journal that late.
DELETE FROM turn WHERE at < now() - make_interval(secs => :older_s) RETURNING n;

-- name: housekeeping.snapshots
-- Forget the snapshots of instances that are over.
DELETE FROM snapshot s
USING instance i
WHERE i.tenant_id = s.tenant_id AND i.id = s.instance_id AND i.state <> 'RUNNING'
RETURNING s.seq;

-- name: housekeeping.erased
-- What was left of erased persons for as long as the law wanted it goes too.
UPDATE person_key SET wrapped = NULL, erased_at = now()
WHERE due_at <= now() AND wrapped IS NOT NULL RETURNING key_id;
