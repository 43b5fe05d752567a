-- name: envelopes.waiting
-- Documents handed over and in no envelope yet, by issuer and channel: how many, since when.
SELECT
    d.tenant_id AS tenant, d.issuer,
    CASE WHEN d.type_code = ANY (:apart::text[]) THEN 'boleta' ELSE 'dte' END AS channel,
    count(*) AS documents, min(d.handed_at) AS since
FROM tax_document d
WHERE d.state = 'SIGNED' AND d.handed_at IS NOT NULL AND d.envelope_id IS NULL
  AND d.provider = :provider
GROUP BY 1, 2, 3;

-- name: envelopes.next
-- The documents of one issuer and channel that have waited longest, with their sealed bytes.
SELECT
    d.tenant_id AS tenant, d.instance_id::text AS instance, d.type_code, d.series, d.folio, d.hash,
    k.key_id::text, p.wrapped AS wrapped_key, k.ciphertext,
    EXISTS (
        SELECT FROM folio_promise m
        WHERE m.tenant_id = d.tenant_id AND m.issuer = d.issuer AND m.type_code = d.type_code
          AND m.series = d.series AND m.folio = d.folio
    ) AS promised
FROM (
    SELECT * FROM tax_document w
    WHERE w.tenant_id = :tenant AND w.issuer = :issuer AND w.state = 'SIGNED'
      AND w.handed_at IS NOT NULL AND w.envelope_id IS NULL AND w.provider = :provider
      AND (w.type_code = ANY (:apart::text[])) = (:channel::text = 'boleta')
    ORDER BY w.handed_at, w.type_code, w.folio
    LIMIT :documents
) AS d
JOIN kept_document k ON k.tenant_id = d.tenant_id AND k.order_id = d.instance_id
    AND k.hash = d.hash
JOIN person_key p ON p.tenant_id = k.tenant_id AND p.person = k.person AND p.key_id = k.key_id
ORDER BY d.handed_at, d.type_code, d.folio;

-- name: envelopes.put
-- Documents go into an envelope: those of them that still were in none, as they were signed.
WITH fence AS MATERIALIZED (SELECT id FROM worker WHERE id = :worker FOR KEY SHARE)
UPDATE tax_document t SET envelope_id = :id
FROM fence, unnest(
    :type_codes::text[], :series::text[], :folios::bigint[], :hashes::bytea[]
) AS u (type_code, series, folio, hash)
WHERE t.tenant_id = :tenant AND t.issuer = :issuer AND t.type_code = u.type_code
  AND t.series = u.series AND t.folio = u.folio AND t.hash = u.hash
  AND t.state = 'SIGNED' AND t.envelope_id IS NULL
RETURNING t.folio;

-- name: envelopes.made
-- A new envelope, signed and stored before it is sent, and what is in it.
WITH envelope AS (
    INSERT INTO envelope (tenant_id, id, issuer, channel, state, documents, hash, sealed)
    VALUES (:tenant, :id, :issuer, :channel, :state, :documents, :hash, :sealed)
)
INSERT INTO envelope_member (tenant_id, envelope_id, n, type_code, series, folio, hash)
SELECT :tenant, :id, u.n, u.type_code, u.series, u.folio, u.hash
FROM unnest(
    :type_codes::text[], :series::text[], :folios::bigint[], :hashes::bytea[]
) WITH ORDINALITY AS u (type_code, series, folio, hash, n);

-- name: envelopes.due
-- Envelopes that are to be looked at, save those in hand, the most urgent first.
SELECT
    e.tenant_id AS tenant, e.id::text, e.issuer, e.channel, e.state, e.track_id, e.attempts,
    e.documents, e.made_at, e.sent_at, e.sealed
FROM envelope e
WHERE e.state <> 'CLOSED' AND e.due_at <= now() AND e.issuer = ANY (:issuers::text[])
  AND e.id <> ALL (:in_hand::uuid[])
ORDER BY e.due_at
LIMIT :page;

-- name: envelopes.begun
-- Sending it may begin, by whom this says it: from here on nobody knows what came of it.
WITH fence AS MATERIALIZED (SELECT id FROM worker WHERE id = :worker FOR KEY SHARE)
UPDATE envelope e
SET state = 'UNKNOWN', attempts = e.attempts + 1, due_at = now() + make_interval(secs => :lease_s)
FROM fence
WHERE e.tenant_id = :tenant AND e.id = :id AND e.state = 'MADE' AND e.attempts = :attempts
RETURNING e.attempts;

-- name: envelopes.moved
-- Where an envelope stands, and when it is to be looked at again. What is in a closed one is kept
-- with each order, under the key of its person: a second copy would outlive an erasure.
WITH fence AS MATERIALIZED (SELECT id FROM worker WHERE id = :worker FOR KEY SHARE)
UPDATE envelope e
SET state = :state, codes = :codes, due_at = now() + make_interval(secs => :delay_s),
    track_id = CASE WHEN :track_id::text = '' THEN e.track_id ELSE :track_id::text END,
    sent_at = CASE WHEN :state::text = 'SENT' AND e.sent_at IS NULL THEN now() ELSE e.sent_at END,
    attempts = e.attempts + :tries,
    sealed = CASE WHEN :state::text = 'CLOSED' THEN ''::bytea ELSE e.sealed END
FROM fence
WHERE e.tenant_id = :tenant AND e.id = :id AND e.state = :before
RETURNING e.id;

-- name: envelopes.under_way
-- The documents of an envelope that was taken in are sent.
UPDATE tax_document t SET state = 'SENT', changed_at = now()
WHERE t.tenant_id = :tenant AND t.envelope_id = :id AND t.state = 'SIGNED';

-- name: envelopes.open_members
-- The documents of an envelope of which nothing is settled yet.
SELECT t.type_code, t.series, t.folio, t.issued_at, t.total, coalesce(
    o.country || '/' || o.store || '/' || o.channel || '/' || o.external_id, t.instance_id::text
) AS bearer
FROM tax_document t
LEFT JOIN purchase_order o ON o.tenant_id = t.tenant_id AND o.id = t.instance_id
WHERE t.tenant_id = :tenant AND t.envelope_id = :id AND t.state IN ('SIGNED', 'SENT')
ORDER BY t.type_code, t.folio;

-- name: envelopes.taken_out
-- Documents that the authority never had leave an envelope that it had: another will take them.
UPDATE tax_document t SET envelope_id = NULL, state = 'SIGNED', changed_at = now()
FROM unnest(:type_codes::text[], :series::text[], :folios::bigint[])
    AS u (type_code, series, folio)
WHERE t.tenant_id = :tenant AND t.envelope_id = :id AND t.type_code = u.type_code
  AND t.series = u.series AND t.folio = u.folio AND t.state IN ('SIGNED', 'SENT');

-- name: envelopes.given_back
-- What voided notes took back of their documents is there again: of credit notes, and of debit
-- notes those that annulled one, which take all of it; others took nothing.
UPDATE tax_document t SET credited = t.credited - n.total
FROM unnest(:issuers::text[], :type_codes::text[], :series::text[], :folios::bigint[])
    AS u (issuer, type_code, series, folio)
JOIN tax_document n ON n.tenant_id = :tenant AND n.issuer = u.issuer
    AND n.type_code = u.type_code AND n.series = u.series AND n.folio = u.folio
WHERE t.tenant_id = n.tenant_id AND t.issuer = n.issuer AND t.type_code = n.refers_type
  AND t.series = n.refers_series AND t.folio = n.refers_folio AND (
      n.type_code = ANY (:credit_notes::text[])
      OR (t.type_code = ANY (:credit_notes::text[]) AND t.credited = t.total AND n.total = t.total)
  );

-- name: envelopes.answered
-- What the authority said.
INSERT INTO envelope_answer (tenant_id, envelope_id, n, operation, content)
SELECT
    :tenant, :id,
    coalesce((
        SELECT max(n) FROM envelope_answer WHERE tenant_id = :tenant AND envelope_id = :id
    ), 0) + u.n,
    :operation, u.content
FROM unnest(:contents::bytea[]) WITH ORDINALITY AS u (content, n);

-- name: envelopes.answers
-- Everything that the authority said of an envelope, oldest first.
SELECT n, at, operation, content FROM envelope_answer
WHERE tenant_id = :tenant AND envelope_id = :id
ORDER BY n;

-- name: envelopes.published
-- Tell whoever awaits it.
INSERT INTO message (tenant_id, id, expires_at, name, key, payload)
SELECT :tenant, u.id, now() + make_interval(secs => :ttl_s), :name, u.key, u.payload
FROM unnest(:ids::uuid[], :keys::text[], :payloads::bytea[]) AS u (id, key, payload);

-- name: envelopes.noticed
-- Take what the authority's notices say: their envelopes are to be looked at now.
WITH fence AS MATERIALIZED (SELECT id FROM worker WHERE id = :worker FOR KEY SHARE),
taken AS (
    DELETE FROM message m
    USING fence, envelope e
    WHERE m.name = :name AND e.tenant_id = m.tenant_id AND e.track_id = m.key
      AND e.state <> 'CLOSED' AND e.issuer = ANY (:issuers::text[])
    RETURNING m.tenant_id, e.id, m.payload
),
woken AS (
    UPDATE envelope e SET due_at = now()
    FROM taken
    WHERE e.tenant_id = taken.tenant_id AND e.id = taken.id AND e.state = 'SENT'
    RETURNING e.id
)
INSERT INTO envelope_answer (tenant_id, envelope_id, n, operation, content)
SELECT
    t.tenant_id, t.id,
    coalesce((
        SELECT max(a.n) FROM envelope_answer a
        WHERE a.tenant_id = t.tenant_id AND a.envelope_id = t.id
    ), 0) + row_number() OVER (PARTITION BY t.tenant_id, t.id),
    'notice', t.payload
FROM taken t
RETURNING envelope_id;

-- name: envelopes.wake
-- Messages were left for instances.
SELECT pg_notify('mtd', '');
