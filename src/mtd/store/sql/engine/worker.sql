-- name: worker.enroll
-- A new worker, with a lease.
INSERT INTO worker (id, name, lease_until)
VALUES (:id, :name, now() + make_interval(secs => :lease_s));

-- name: worker.beat
-- Renew the lease; it is unbroken only when it had not lapsed.
UPDATE worker SET
    since = CASE WHEN lease_until < now() THEN now() ELSE since END,
    lease_until = now() + make_interval(secs => :lease_s)
WHERE id = :id
RETURNING since;

-- name: worker.claim
-- Take slots that nobody has, up to this worker's share.
WITH fence AS MATERIALIZED (SELECT id FROM worker WHERE id = :id FOR KEY SHARE)
UPDATE slot SET worker = fence.id
FROM fence
WHERE slot.worker IS NULL AND slot.slot IN (
    SELECT s.slot FROM slot s
    WHERE s.worker IS NULL
    ORDER BY s.slot
    LIMIT greatest(0, :share - (SELECT count(*) FROM slot m WHERE m.worker = :id))
);

-- name: worker.standing
-- Who works, who is overdue, and who has which slots.
SELECT
    (SELECT array_agg(slot ORDER BY slot) FROM slot WHERE worker = :id) AS slots,
    (SELECT count(*) FROM worker) AS workers,
    (SELECT count(*) FROM slot WHERE worker IS NULL) AS free,
    (
        SELECT array_agg(d.id ORDER BY d.lease_until) FROM worker d
        WHERE d.id <> :id AND d.lease_until < now()
    ) AS overdue;

-- name: worker.release
-- Give slots back, for others to take.
UPDATE slot SET worker = NULL WHERE worker = :id AND slot = ANY(:slots::smallint[]);

-- name: worker.retire
-- Give every slot back.
UPDATE slot SET worker = NULL WHERE worker = :id;

-- name: worker.leave
-- The worker ends by its own will.
DELETE FROM worker WHERE id = :id;

-- name: worker.trying
-- Mark, before an instance is advanced alone, that a death from now on is of its doing.
UPDATE worker SET trying_tenant = :tenant, trying = :instance WHERE id = :id RETURNING id;

-- name: worker.may_bury
-- Whether the one is overdue and the other's lease has long been unbroken; locks the dead.
SELECT dead.trying_tenant, dead.trying
FROM worker me, worker dead
WHERE me.id = :id AND me.lease_until > now()
  AND me.since <= now() - make_interval(secs => :unbroken_s)
  AND dead.id = :dead AND dead.lease_until < now()
FOR KEY SHARE OF me;

-- name: worker.as_login
-- Ending a session takes the rights of its login; and no heartbeat of ours waits long for that.
SET LOCAL ROLE NONE;

-- name: worker.as_engine
-- The rest of the burial is the engine's own business.
SET LOCAL ROLE mtd_engine;

-- name: worker.impatient
-- Rather bury the dead at the next heartbeat than miss our own.
SET LOCAL lock_timeout = '2s';

-- name: worker.terminate
-- End the dead one's sessions: a frozen process would hold its locks for ever.
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE application_name = :application AND pid <> pg_backend_pid();

-- name: worker.suspect
-- Whatever the dead one had at hand may have killed it; what it tried alone surely did.
WITH slots AS MATERIALIZED (SELECT slot FROM slot WHERE worker = :dead),
at_hand AS (
    SELECT i.tenant_id, i.id FROM instance i
    WHERE i.slot IN (SELECT slot FROM slots) AND i.wake_at IS NULL
    UNION
    SELECT i.tenant_id, i.id FROM instance i
    WHERE i.slot IN (SELECT slot FROM slots) AND i.wake_at <= now() AND i.wake_at < 'infinity'
    UNION
    SELECT i.tenant_id, i.instance_id
    FROM tenant t CROSS JOIN slots CROSS JOIN LATERAL (
        SELECT * FROM inbox
        WHERE inbox.tenant_id = t.tenant_id AND inbox.slot = slots.slot
        ORDER BY inbox.id LIMIT :per_slot
    ) AS i
    UNION
    SELECT s.tenant_id, s.instance_id
    FROM message m
    JOIN subscription s ON s.tenant_id = m.tenant_id AND s.name = m.name AND s.key = m.key
    WHERE s.slot IN (SELECT slot FROM slots)
    UNION
    SELECT :trying_tenant::integer, :trying::uuid WHERE :trying::uuid IS NOT NULL
)
INSERT INTO suspect (tenant_id, instance_id, adopted, deaths)
SELECT
    tenant_id, id, 1,
    CASE WHEN tenant_id = :trying_tenant::integer AND id = :trying::uuid THEN 1 ELSE 0 END
FROM at_hand
ON CONFLICT (tenant_id, instance_id) DO UPDATE
SET adopted = suspect.adopted + 1, deaths = suspect.deaths + excluded.deaths;

-- name: worker.bury
-- The dead one may write no more; from here on its commits change nothing.
DELETE FROM worker WHERE id = :dead AND lease_until < now() RETURNING id;

-- name: worker.inherit
-- Its slots go to who buried it.
UPDATE slot SET worker = :id WHERE worker = :dead RETURNING slot;
