-- name: letters.told
-- Who is told, or was, of a day.
SELECT recipient FROM daily_letter WHERE tenant_id = :tenant AND day = :day;

-- name: letters.add
-- A day is told to these; to each once.
INSERT INTO daily_letter (tenant_id, day, recipient, made_at, due_at, content)
SELECT :tenant, :day, l.recipient, :now, :now, l.content
FROM unnest(:recipients::text[], :contents::bytea[]) AS l (recipient, content)
ON CONFLICT DO NOTHING;

-- name: letters.claim
-- What is due, which is due again when whoever claims it does not say what came of it.
UPDATE daily_letter a SET attempts = a.attempts + 1, due_at = :again_at
FROM (
    SELECT day, recipient FROM daily_letter
    WHERE tenant_id = :tenant AND state = 'PENDING' AND due_at <= :now
    ORDER BY due_at LIMIT :page
) AS due
WHERE a.tenant_id = :tenant AND a.day = due.day AND a.recipient = due.recipient
  AND a.state = 'PENDING' AND a.due_at <= :now
RETURNING a.day, a.recipient, a.attempts, a.made_at, a.content;

-- name: letters.settle
-- What came of attempts.
UPDATE daily_letter a SET
    state = s.state, said = s.said, due_at = coalesce(s.due_at, a.due_at),
    settled_at = CASE WHEN s.state <> 'PENDING' THEN :now::timestamptz END
FROM unnest(
    :days::date[], :recipients::text[], :states::text[], :said::text[], :due_ats::timestamptz[]
) AS s (day, recipient, state, said, due_at)
WHERE a.tenant_id = :tenant AND a.day = s.day AND a.recipient = s.recipient;

-- name: letters.of
-- Whom a day was mailed to, and what came of it.
SELECT recipient, state, attempts, made_at, settled_at, said FROM daily_letter
WHERE tenant_id = :tenant AND day = :day ORDER BY recipient;
