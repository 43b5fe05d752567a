-- name: alerts.prepare
-- A tenant's watch, where there is none yet.
INSERT INTO alert_watch (tenant_id, due_at) VALUES (:tenant, '-infinity') ON CONFLICT DO NOTHING;

-- name: alerts.hold
-- It is time to look; nobody else does before this transaction ends.
SELECT rounds FROM alert_watch WHERE tenant_id = :tenant AND due_at <= :now FOR UPDATE;

-- name: alerts.looked
-- When to look next.
UPDATE alert_watch SET due_at = :due_at, rounds = rounds + 1 WHERE tenant_id = :tenant;

-- name: alerts.current
-- Alerts that are open, or whose condition held lately; nobody changes them meanwhile.
SELECT
    id::text, rule, scope, severity, count, affected, events, began_at, opened_at, last_at,
    acknowledged_at, escalated_at, muted_until, closed_at, closed_by, observed, bound, owner, content
FROM alert
WHERE tenant_id = :tenant AND (closed_at IS NULL OR last_at > :recent)
ORDER BY id FOR UPDATE;

-- name: alerts.one
-- An alert, which nobody changes meanwhile.
SELECT
    id::text, rule, scope, severity, count, affected, events, began_at, opened_at, last_at,
    acknowledged_at, escalated_at, muted_until, closed_at, closed_by, observed, bound, owner, content
FROM alert
WHERE tenant_id = :tenant AND id = :id FOR UPDATE;

-- name: alerts.page
-- Alerts in one state where it is given, the gravest of the open ones first, of the others the latest.
SELECT
    id::text, rule, scope, severity, count, affected, events, began_at, opened_at, last_at,
    acknowledged_at, escalated_at, muted_until, closed_at, closed_by, observed, bound, owner, content
FROM alert
WHERE tenant_id = :tenant
  AND (:id::uuid IS NULL OR id = :id)
  AND (:is_open::boolean IS NULL OR (closed_at IS NULL) = :is_open)
  AND (:is_acknowledged::boolean IS NULL OR (acknowledged_at IS NOT NULL) = :is_acknowledged)
  AND (:below::uuid IS NULL OR id < :below)
ORDER BY
    CASE WHEN :by_severity THEN array_position(ARRAY['critical', 'warning', 'info'], severity) END,
    id DESC
LIMIT :page;

-- name: alerts.counts
-- How many are open, acknowledged, and not closed, by severity.
SELECT
    count(*) FILTER (WHERE acknowledged_at IS NULL) AS open,
    count(*) FILTER (WHERE acknowledged_at IS NOT NULL) AS acknowledged,
    count(*) FILTER (WHERE severity = 'critical') AS critical,
    count(*) FILTER (WHERE severity = 'warning') AS warning,
    count(*) FILTER (WHERE severity = 'info') AS info
FROM alert WHERE tenant_id = :tenant AND closed_at IS NULL;

-- name: alerts.write
-- Alerts as they stand from now on, new ones among them.
INSERT INTO alert (
    tenant_id, id, rule, scope, severity, count, affected, events, began_at, opened_at, last_at,
    acknowledged_at, escalated_at, muted_until, closed_at, closed_by, observed, bound, owner, content
)
SELECT :tenant, a.* FROM unnest(
    :of_id::uuid[], :of_rule::text[], :of_scope::text[], :of_severity::text[], :of_count::integer[],
    :of_affected::integer[], :of_events::integer[], :of_began_at::timestamptz[],
    :of_opened_at::timestamptz[], :of_last_at::timestamptz[], :of_acknowledged_at::timestamptz[],
    :of_escalated_at::timestamptz[], :of_muted_until::timestamptz[], :of_closed_at::timestamptz[],
    :of_closed_by::text[], :of_observed::float8[], :of_bound::float8[], :of_owner::text[],
    :of_content::bytea[]
) AS a
ON CONFLICT (tenant_id, id) DO UPDATE SET
    severity = excluded.severity, count = excluded.count, affected = excluded.affected,
    events = excluded.events, opened_at = excluded.opened_at, last_at = excluded.last_at,
    acknowledged_at = excluded.acknowledged_at, escalated_at = excluded.escalated_at,
    muted_until = excluded.muted_until, closed_at = excluded.closed_at,
    closed_by = excluded.closed_by, observed = excluded.observed, bound = excluded.bound,
    owner = excluded.owner, content = excluded.content;

-- name: alerts.tell
-- What happened to alerts.
INSERT INTO alert_event (tenant_id, alert_id, n, at, kind, actor, words)
SELECT :tenant, e.* FROM unnest(
    :ids::uuid[], :ns::integer[], :ats::timestamptz[], :kinds::text[], :actors::text[],
    :words::text[]
) AS e;

-- name: alerts.events
-- What happened to an alert, in order.
SELECT n, at, kind, actor, words FROM alert_event
WHERE tenant_id = :tenant AND alert_id = :id ORDER BY n LIMIT :page;

-- name: alerts.rules
-- Rules that people changed.
SELECT name, changed_at, changed_by, content FROM alert_rule
WHERE tenant_id = :tenant ORDER BY name;

-- name: alerts.put_rule
-- A rule as somebody wants it; without content, it is taken out.
INSERT INTO alert_rule (tenant_id, name, changed_by, content)
VALUES (:tenant, :name, :actor, :content)
ON CONFLICT (tenant_id, name) DO UPDATE
SET changed_at = now(), changed_by = excluded.changed_by, content = excluded.content;
