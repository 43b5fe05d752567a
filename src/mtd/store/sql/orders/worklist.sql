-- name: worklist.urgent
-- Open work for people in the stores that somebody sees, the most urgent first, beside one of it;
-- what else is told of a task is looked up for those alone that are shown.
WITH beside AS (
    SELECT coalesce(due_at, 'infinity'), opened_at, instance_id, wait FROM user_task
    WHERE tenant_id = :tenant AND instance_id = :beside_instance AND wait = :beside_wait::integer
), told AS (
    SELECT *, coalesce(due_at, 'infinity') AS due,
        CASE WHEN due_at IS NULL THEN 'never_due' WHEN due_at <= :now THEN 'overdue'
            WHEN due_at <= :risk THEN 'at_risk' ELSE 'on_time' END AS standing
    FROM user_task WHERE tenant_id = :tenant AND closed_at IS NULL
), t AS MATERIALIZED (
    SELECT * FROM told
    WHERE (:stores::text[] IS NULL OR EXISTS (
        SELECT FROM purchase_order o
        WHERE o.tenant_id = :tenant AND o.id = told.instance_id AND o.store = ANY(:stores)
      ))
      AND (:assignee::text IS NULL OR assignee = :assignee)
      AND (:role::text IS NULL OR role = :role)
      AND (:standing::text IS NULL OR standing = :standing)
      AND (:instances::uuid[] IS NULL OR (instance_id, wait) IN (
        SELECT * FROM unnest(:instances::uuid[], :waits::integer[])
      ))
      -- One that is over meanwhile still has its place in the order.
      AND (:beside_instance::uuid IS NULL OR CASE WHEN :back::boolean
        THEN (due, opened_at, instance_id, wait) < (SELECT * FROM beside)
        ELSE (due, opened_at, instance_id, wait) > (SELECT * FROM beside) END)
    -- The last ones before it are the first ones of the list turned round.
    ORDER BY row_number() OVER (ORDER BY due, opened_at, instance_id, wait)
        * CASE WHEN :back::boolean THEN -1 ELSE 1 END
    LIMIT :page
)
SELECT
    instance_id::text AS instance, i.definition, wait, t.state, role, element, t.name, form, fields,
    assignee, opened_at, due_at, claimed_at, closed_at, standing,
    (
        SELECT p.reason FROM pause p
        WHERE p.tenant_id = t.tenant_id AND p.kind = 'step' AND p.lifted_at IS NULL
          AND (p.process, p.name) = (
            CASE WHEN t.element LIKE '%@%:%' THEN split_part(t.element, '@', 1)
                ELSE split_part(i.definition, '@', 1) END,
            CASE WHEN t.element LIKE '%@%:%' THEN split_part(t.element, ':', 2)
                ELSE t.element END
        )
    ) AS paused,
    coalesce(o.external_id, i.key) AS external_id, coalesce(o.store, '') AS store
FROM t
JOIN instance i ON i.tenant_id = t.tenant_id AND i.id = t.instance_id
LEFT JOIN purchase_order o ON o.tenant_id = t.tenant_id AND o.id = t.instance_id
ORDER BY due, opened_at, instance_id, wait;

-- name: worklist.standings
-- How much open work there is in the stores that somebody sees, theirs apart, by how it stands.
SELECT coalesce(assignee = :person, false) AS mine,
    CASE WHEN due_at IS NULL THEN 'never_due' WHEN due_at <= :now THEN 'overdue'
        WHEN due_at <= :risk THEN 'at_risk' ELSE 'on_time' END AS standing,
    count(*) AS tasks
FROM user_task t
WHERE tenant_id = :tenant AND closed_at IS NULL
  AND (:role::text IS NULL OR role = :role)
  AND (:stores::text[] IS NULL OR EXISTS (
    SELECT FROM purchase_order o
    WHERE o.tenant_id = :tenant AND o.id = t.instance_id AND o.store = ANY(:stores)
  ))
GROUP BY 1, 2;

-- name: worklist.assign
-- Open tasks are this person's from now on, whoever had them.
UPDATE user_task t SET state = CASE state WHEN 'ESCALATED' THEN state ELSE 'CLAIMED' END,
    assignee = :person, claimed_at = now()
FROM unnest(:instances::uuid[], :waits::integer[]) AS u (instance_id, wait)
WHERE t.tenant_id = :tenant AND t.instance_id = u.instance_id AND t.wait = u.wait
  AND closed_at IS NULL
RETURNING t.wait;
