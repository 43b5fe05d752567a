-- name: notices.add
-- What is to be told to whom; each event once to each.
INSERT INTO alert_notice (tenant_id, alert_id, n, recipient, made_at, due_at, content)
SELECT :tenant, a.* FROM unnest(
    :ids::uuid[], :ns::integer[], :recipients::text[], :made_ats::timestamptz[],
    :due_ats::timestamptz[], :contents::bytea[]
) AS a
ON CONFLICT DO NOTHING;

-- name: notices.spare
-- What was not told yet of alerts that are over is told to nobody any more.
UPDATE alert_notice SET state = 'SPARED', settled_at = :now
WHERE tenant_id = :tenant AND alert_id = ANY(:ids::uuid[]) AND state = 'PENDING' AND attempts = 0
  AND due_at > :now
RETURNING alert_id::text AS alert, recipient;

-- name: notices.claim
-- What is due, which is due again when whoever claims it does not say what came of it.
UPDATE alert_notice a SET attempts = a.attempts + 1, due_at = :again_at
FROM (
    SELECT alert_id, n, recipient FROM alert_notice
    WHERE tenant_id = :tenant AND state = 'PENDING' AND due_at <= :now
    ORDER BY due_at LIMIT :page
) AS due
WHERE a.tenant_id = :tenant AND a.alert_id = due.alert_id AND a.n = due.n
  AND a.recipient = due.recipient AND a.state = 'PENDING' AND a.due_at <= :now
RETURNING a.alert_id::text AS alert, a.n, a.recipient, a.attempts, a.made_at, a.content;

-- name: notices.settle
-- What came of attempts.
UPDATE alert_notice a SET
    state = s.state, said = s.said, due_at = coalesce(s.due_at, a.due_at),
    settled_at = CASE WHEN s.state <> 'PENDING' THEN :now::timestamptz END
FROM unnest(
    :ids::uuid[], :ns::integer[], :recipients::text[], :states::text[], :said::text[],
    :due_ats::timestamptz[]
) AS s (id, n, recipient, state, said, due_at)
WHERE a.tenant_id = :tenant AND a.alert_id = s.id AND a.n = s.n AND a.recipient = s.recipient;

-- name: notices.again
-- What failed is tried anew.
UPDATE alert_notice SET state = 'PENDING', attempts = 0, due_at = :now, settled_at = NULL
WHERE tenant_id = :tenant AND alert_id = :id AND state = 'FAILED'
RETURNING n;

-- name: notices.of
-- Who was told what of an alert, in order.
SELECT n, recipient, state, attempts, made_at, due_at, settled_at, said FROM alert_notice
WHERE tenant_id = :tenant AND alert_id = :id ORDER BY n, recipient LIMIT :page;

-- name: notices.lately
-- How many notices of a while are in which state.
SELECT state, count(*) AS count FROM alert_notice
WHERE tenant_id = :tenant AND (state = 'PENDING' OR made_at > :since) GROUP BY state;
