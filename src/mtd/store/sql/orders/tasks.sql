-- name: tasks.page
-- Open work for people, oldest first, from after one on, by role and person where given.
SELECT
    instance_id::text AS instance, definition, wait, t.state, role, element, name, form, fields,
    assignee, opened_at, due_at, claimed_at, closed_at,
    (
        SELECT p.reason FROM pause p
        WHERE p.tenant_id = t.tenant_id AND p.kind = 'step' AND p.lifted_at IS NULL
          AND (p.process, p.name) = (
            CASE WHEN t.element LIKE '%@%:%' THEN split_part(t.element, '@', 1)
                ELSE split_part(i.definition, '@', 1) END,
            CASE WHEN t.element LIKE '%@%:%' THEN split_part(t.element, ':', 2)
                ELSE t.element END
        )
    ) AS paused
FROM user_task t
JOIN instance i ON i.tenant_id = t.tenant_id AND i.id = t.instance_id
WHERE t.tenant_id = :tenant AND closed_at IS NULL
  AND (:role::text IS NULL OR role = :role)
  AND (:assignee::text IS NULL OR assignee = :assignee)
  AND (
    :after_at::timestamptz IS NULL
    OR (opened_at, instance_id, wait) > (:after_at, :after_instance::uuid, :after_wait::integer)
  )
ORDER BY opened_at, instance_id, wait LIMIT :page;

-- name: tasks.of
-- All work for people that an instance ever asked for.
SELECT
    instance_id::text AS instance, definition, wait, t.state, role, element, name, form, fields,
    assignee, opened_at, due_at, claimed_at, closed_at,
    (
        SELECT p.reason FROM pause p
        WHERE p.tenant_id = t.tenant_id AND p.kind = 'step' AND p.lifted_at IS NULL
          AND (p.process, p.name) = (
            CASE WHEN t.element LIKE '%@%:%' THEN split_part(t.element, '@', 1)
                ELSE split_part(i.definition, '@', 1) END,
            CASE WHEN t.element LIKE '%@%:%' THEN split_part(t.element, ':', 2)
                ELSE t.element END
        )
    ) AS paused
FROM user_task t
JOIN instance i ON i.tenant_id = t.tenant_id AND i.id = t.instance_id
WHERE t.tenant_id = :tenant AND instance_id = :instance
ORDER BY wait;

-- name: tasks.claim
-- Nobody has it: now this person does.
UPDATE user_task SET state = CASE state WHEN 'ESCALATED' THEN state ELSE 'CLAIMED' END,
    assignee = :person, claimed_at = now()
WHERE tenant_id = :tenant AND instance_id = :instance AND wait = :wait
  AND closed_at IS NULL AND (assignee IS NULL OR assignee = :person)
RETURNING wait;

-- name: tasks.unclaim
-- This person has it, and gives it back.
UPDATE user_task SET state = CASE state WHEN 'ESCALATED' THEN state ELSE 'CREATED' END,
    assignee = NULL, claimed_at = NULL
WHERE tenant_id = :tenant AND instance_id = :instance AND wait = :wait
  AND closed_at IS NULL AND assignee = :person
RETURNING wait;

-- name: tasks.delegate
-- This person has it, and hands it to another.
UPDATE user_task SET state = CASE state WHEN 'ESCALATED' THEN state ELSE 'CLAIMED' END,
    assignee = :other, claimed_at = now()
WHERE tenant_id = :tenant AND instance_id = :instance AND wait = :wait
  AND closed_at IS NULL AND assignee = :person
RETURNING wait;
