-- name: beginnings.forget
-- What older versions of a definition began by itself is over; a pause goes on where the same
-- start event is scheduled again.
WITH over AS (
    DELETE FROM starter WHERE tenant_id = :tenant AND name = :name AND version < :version
)
DELETE FROM schedule
WHERE tenant_id = :tenant AND name = :name AND version < :version
  AND element <> ALL (:elements::text[]);

-- name: beginnings.schedules
-- The timer starts of a version, unless a newer one was deployed; those known already stay.
INSERT INTO schedule AS s (
    tenant_id, name, version, element, label, missed, next_at, times_left
)
SELECT :tenant, :name, :version, g.*
FROM unnest(
    :elements::text[], :labels::text[], :misseds::text[], :next_ats::timestamptz[],
    :times_left::integer[]
) AS g
WHERE NOT EXISTS (
    SELECT FROM definition d
    WHERE d.tenant_id = :tenant AND d.name = :name AND d.version > :version
)
ON CONFLICT (tenant_id, name, element) DO UPDATE
SET version = excluded.version, label = excluded.label, missed = excluded.missed,
    next_at = excluded.next_at, times_left = excluded.times_left, last_at = NULL
WHERE s.version < excluded.version;

-- name: beginnings.starters
-- The messages and signals that start a version, unless a newer one was deployed.
INSERT INTO starter (tenant_id, name, version, element, event, is_signal, gathers)
SELECT :tenant, :name, :version, g.*
FROM unnest(
    :elements::text[], :events::text[], :are_signals::boolean[], :gather::boolean[]
) AS g
WHERE NOT EXISTS (
    SELECT FROM definition d
    WHERE d.tenant_id = :tenant AND d.name = :name AND d.version > :version
)
ON CONFLICT (tenant_id, event, is_signal, name, element) DO UPDATE
SET version = excluded.version, gathers = excluded.gathers
WHERE starter.version < excluded.version;

-- name: beginnings.due
-- Timer starts that are due now, earliest first, of versions that are still the latest.
SELECT name, version, element, label, missed, next_at, times_left, now() AS now
FROM schedule s
WHERE tenant_id = :tenant AND next_at <= now() AND paused_at IS NULL
  AND NOT EXISTS (
    SELECT FROM definition d
    WHERE d.tenant_id = s.tenant_id AND d.name = s.name AND d.version > s.version
)
ORDER BY next_at, name, element LIMIT :page;

-- name: beginnings.moved_on
-- These firings were begun: the next ones, unless somebody else said so already.
UPDATE schedule s
SET next_at = g.next_at, times_left = g.times_left, last_at = g.due
FROM unnest(
    :names::text[], :versions::integer[], :elements::text[], :dues::timestamptz[],
    :next_ats::timestamptz[], :times_left::integer[]
) AS g (name, version, element, due, next_at, times_left)
WHERE s.tenant_id = :tenant AND s.name = g.name AND s.version = g.version
  AND s.element = g.element AND s.next_at = g.due;

-- name: beginnings.listing
-- Every timer start, by name.
SELECT name, version, element, label, missed, next_at, times_left, last_at, paused_at, paused_by,
    reason
FROM schedule WHERE tenant_id = :tenant ORDER BY name, element;

-- name: beginnings.pause
-- These begin nothing until they are resumed.
UPDATE schedule SET paused_at = coalesce(paused_at, now()), paused_by = :person, reason = :reason
WHERE tenant_id = :tenant AND name = :name
  AND (:element::text IS NULL OR element = :element)
RETURNING element;

-- name: beginnings.resume
-- This one goes on, with the firing that is the next one now.
UPDATE schedule
SET paused_at = NULL, paused_by = '', reason = '', next_at = :next_at, times_left = :times_left
WHERE tenant_id = :tenant AND name = :name AND version = :version AND element = :element
  AND paused_at IS NOT NULL
RETURNING element;
