-- name: bulk.add
-- A bulk action that was previewed.
INSERT INTO bulk (
    tenant_id, id, again_of, action, name, actor, reason, rate_per_s, arguments, scope
)
VALUES (
    :tenant, :id, :again_of, :action, :name, :actor, :reason, :rate_per_s, :arguments, :scope
);

-- name: bulk.add_items
-- Its scope, once and for all.
INSERT INTO bulk_item (tenant_id, bulk_id, n, target, key, state, stood, said)
SELECT :tenant, :id, i.* FROM unnest(
    :ns::integer[], :targets::uuid[], :keys::text[], :states::text[], :stoods::bytea[],
    :saids::text[]
) AS i;

-- name: bulk.rule
-- Somebody decides something about it, where its state allows that.
WITH moved AS (
    UPDATE bulk SET
        state = :state,
        started_at = CASE WHEN :state = 'RUNNING' THEN coalesce(started_at, now()) ELSE started_at END
    WHERE tenant_id = :tenant AND id = :id AND state = ANY(:states::text[])
    RETURNING id
),
dropped AS (
    UPDATE bulk_item SET state = 'SKIPPED', settled_at = now(), said = :ruling
    FROM moved
    WHERE tenant_id = :tenant AND bulk_id = moved.id AND bulk_item.state = 'PENDING'
      AND :state = 'ABORTED'
)
INSERT INTO bulk_ruling (tenant_id, bulk_id, id, ruling, actor, reason)
SELECT :tenant, id, :ruling_id::uuid, :ruling, :actor, :reason FROM moved
RETURNING bulk_id;

-- name: bulk.previewed
-- Who made the preview, and why.
INSERT INTO bulk_ruling (tenant_id, bulk_id, id, ruling, actor, reason)
VALUES (:tenant, :id, :ruling_id, 'PREVIEWED', :actor, :reason);

-- name: bulk.page
-- Bulk actions, newest first, with how many of their items are in which state; where stores are
-- given, those alone that are for nothing of another store.
SELECT
    b.id::text, again_of::text, action, b.state, name, actor, reason, rate_per_s, previewed_at,
    started_at, ended_at, arguments, scope, count(i.n) AS items,
    count(i.n) FILTER (WHERE i.state = 'PENDING') AS pending,
    count(i.n) FILTER (WHERE i.state = 'SKIPPED') AS skipped,
    count(i.n) FILTER (WHERE i.state = 'SENT') AS sent,
    count(i.n) FILTER (WHERE i.state = 'SUCCEEDED') AS succeeded,
    count(i.n) FILTER (WHERE i.state = 'FAILED') AS failed
FROM (
    SELECT * FROM bulk
    WHERE tenant_id = :tenant AND (:id::uuid IS NULL OR id = :id)
      AND (:stores::text[] IS NULL OR NOT EXISTS (
        SELECT FROM bulk_item i
        WHERE i.tenant_id = bulk.tenant_id AND i.bulk_id = bulk.id
          AND split_part(i.key, '/', 2) <> ALL(:stores)
      ))
    ORDER BY id DESC LIMIT :page
) AS b
LEFT JOIN bulk_item i ON i.tenant_id = b.tenant_id AND i.bulk_id = b.id
GROUP BY b.tenant_id, b.id, again_of, action, b.state, name, actor, reason, rate_per_s,
    previewed_at, started_at, ended_at, arguments, scope
ORDER BY b.id DESC;

-- name: bulk.rulings
-- Who decided what about it, in order.
SELECT ruling, at, actor, reason FROM bulk_ruling
WHERE tenant_id = :tenant AND bulk_id = :id ORDER BY at, id;

-- name: bulk.items
-- Its items in order, from after one on, in one state where it is given.
SELECT n, target::text, key, state, sent_at, settled_at, stood, said FROM bulk_item
WHERE tenant_id = :tenant AND bulk_id = :id AND n > :after
  AND (:state::text IS NULL OR state = :state)
ORDER BY n LIMIT :page;

-- name: bulk.under_way
-- Bulk actions that were started and have not ended.
SELECT id::text FROM bulk
WHERE tenant_id = :tenant AND ended_at IS NULL AND started_at IS NOT NULL
ORDER BY id LIMIT :page;

-- name: bulk.hold
-- It runs, and nobody changes that before this transaction ends.
SELECT id FROM bulk WHERE tenant_id = :tenant AND id = :id AND state = 'RUNNING' FOR UPDATE;

-- name: bulk.sent_lately
-- How many more its rate allows: of the last second, or of so long as one item takes.
SELECT greatest(1, floor(b.rate_per_s)) - count(i.n) AS room
FROM bulk b
LEFT JOIN bulk_item i
    ON i.tenant_id = b.tenant_id AND i.bulk_id = b.id
    AND i.sent_at > clock_timestamp() - make_interval(secs => greatest(1.0, 1.0 / b.rate_per_s))
WHERE b.tenant_id = :tenant AND b.id = :id
GROUP BY b.rate_per_s;

-- name: bulk.settle
-- What became of items; one that is settled stays so.
UPDATE bulk_item i SET
    state = u.state, said = u.said,
    sent_at = CASE WHEN u.state = 'SKIPPED' THEN i.sent_at
        ELSE coalesce(i.sent_at, clock_timestamp()) END,
    settled_at = CASE WHEN u.state <> 'SENT' THEN now() END
FROM unnest(:ns::integer[], :states::text[], :saids::text[]) AS u (n, state, said)
WHERE i.tenant_id = :tenant AND i.bulk_id = :id AND i.n = u.n AND i.state IN ('PENDING', 'SENT');

-- name: bulk.end
-- It is over once each of its items is settled.
UPDATE bulk b SET
    ended_at = now(), state = CASE WHEN state = 'ABORTED' THEN state ELSE 'DONE' END
WHERE tenant_id = :tenant AND id = :id AND ended_at IS NULL AND state <> 'PREVIEWED'
  AND NOT EXISTS (
    SELECT FROM bulk_item i
    WHERE i.tenant_id = b.tenant_id AND i.bulk_id = b.id AND i.state IN ('PENDING', 'SENT')
)
RETURNING id::text;
