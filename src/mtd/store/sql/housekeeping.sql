-- name: housekeeping.expired
-- Set aside messages that nobody took within their time to live.
WITH late AS (
    DELETE FROM message WHERE expires_at <= now()
    RETURNING tenant_id, id, at, name, key, payload
)
INSERT INTO undelivered (tenant_id, id, at, reason, name, key, payload)
SELECT tenant_id, id, at, 'EXPIRED', name, key, payload FROM late
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
