-- name: commit.fence
-- Only who has a row may write; burial, a DELETE of it, waits for this lock or finds none taken.
fence AS MATERIALIZED (SELECT id FROM worker WHERE id = :worker FOR KEY SHARE)

-- name: commit.journal
-- One row a step.
journaled AS (
    INSERT INTO journal (tenant_id, instance_id, seq, at, kind, element, payload)
    SELECT j.* FROM fence, unnest(
        :journal_tenants::integer[], :journal_instances::uuid[], :journal_seqs::integer[],
        :journal_ats::timestamptz[], :journal_kinds::text[], :journal_elements::text[],
        :journal_payloads::bytea[]
    ) AS j
)

-- name: commit.inbox
-- What came in and is done with.
used_inbox AS (
    DELETE FROM inbox i
    USING fence, unnest(
        :inbox_tenants::integer[], :inbox_slots::smallint[], :inbox_ids::uuid[]
    ) AS u (tenant_id, slot, id)
    WHERE i.tenant_id = u.tenant_id AND i.slot = u.slot AND i.id = u.id
    RETURNING 1
)

-- name: commit.messages
-- Messages that met their subscription; of two workers that take one, the second finds none.
used_messages AS (
    DELETE FROM message m
    USING fence, unnest(:message_tenants::integer[], :message_ids::uuid[]) AS u (tenant_id, id)
    WHERE m.tenant_id = u.tenant_id AND m.id = u.id
    RETURNING 1
)

-- name: commit.used
-- How many rows were consumed: none is asked for.
used AS (SELECT 0::bigint AS n)

-- name: commit.used_inbox
-- How many rows were consumed: of the inbox.
used AS (SELECT count(*) AS n FROM used_inbox)

-- name: commit.used_messages
-- How many rows were consumed: messages.
used AS (SELECT count(*) AS n FROM used_messages)

-- name: commit.used_inbox_messages
-- How many rows were consumed: of the inbox, and messages.
used AS (
    SELECT (SELECT count(*) FROM used_inbox) + (SELECT count(*) FROM used_messages) AS n
)

-- name: commit.turn
-- Proof of this commit, refused unless everything that it consumes was there.
turned AS (
    INSERT INTO turn (worker, n, at, whole, tenants, instances, seqs)
    SELECT
        :worker, :n, now(), used.n = :consumed,
        :journal_tenants::integer[], :journal_instances::uuid[], :journal_seqs::integer[]
    FROM fence, used
    RETURNING n
)

-- name: commit.began
-- Instances that began.
began AS (
    INSERT INTO instance (tenant_id, id, slot, wake_at, state, definition, key)
    SELECT i.* FROM fence, unnest(
        :began_tenants::integer[], :began_ids::uuid[], :began_slots::smallint[],
        :began_wake_ats::timestamptz[], :began_states::text[], :began_definitions::text[],
        :began_keys::text[]
    ) AS i
)

-- name: commit.restated
-- Instances that parked, woke, ended or migrated.
restated AS (
    UPDATE instance i
    SET wake_at = u.wake_at, state = u.state, definition = u.definition, held_by = u.held_by
    FROM fence, unnest(
        :restated_tenants::integer[], :restated_ids::uuid[], :restated_wake_ats::timestamptz[],
        :restated_states::text[], :restated_definitions::text[], :restated_helds_by::uuid[]
    ) AS u (tenant_id, id, wake_at, state, definition, held_by)
    WHERE i.tenant_id = u.tenant_id AND i.id = u.id
)

-- name: commit.subscribed
-- Messages and signals that are awaited from now on.
subscribed AS (
    INSERT INTO subscription (tenant_id, instance_id, slot, wait, name, key)
    SELECT s.* FROM fence, unnest(
        :subscribed_tenants::integer[], :subscribed_instances::uuid[],
        :subscribed_slots::smallint[], :subscribed_waits::integer[], :subscribed_names::text[],
        :subscribed_keys::text[]
    ) AS s
)

-- name: commit.unsubscribed
-- Messages and signals that are awaited no longer.
unsubscribed AS (
    DELETE FROM subscription s
    USING fence, unnest(
        :unsubscribed_tenants::integer[], :unsubscribed_instances::uuid[],
        :unsubscribed_waits::integer[]
    ) AS u (tenant_id, instance_id, wait)
    WHERE s.tenant_id = u.tenant_id AND s.instance_id = u.instance_id AND s.wait = u.wait
)

-- name: commit.tasks
-- Work for people.
tasks AS (
    INSERT INTO user_task (
        tenant_id, instance_id, wait, opened_at, due_at, role, element, name, form, fields
    )
    SELECT t.* FROM fence, unnest(
        :task_tenants::integer[], :task_instances::uuid[], :task_waits::integer[],
        :task_opened_ats::timestamptz[], :task_due_ats::timestamptz[], :task_roles::text[],
        :task_elements::text[], :task_names::text[], :task_forms::text[], :task_fields::bytea[]
    ) AS t
)

-- name: commit.tasks_closed
-- Work for people that was done, or is no longer wanted.
tasks_closed AS (
    UPDATE user_task t SET state = u.state, closed_at = u.closed_at
    FROM fence, unnest(
        :closed_tenants::integer[], :closed_instances::uuid[], :closed_waits::integer[],
        :closed_states::text[], :closed_ats::timestamptz[]
    ) AS u (tenant_id, instance_id, wait, state, closed_at)
    WHERE t.tenant_id = u.tenant_id AND t.instance_id = u.instance_id AND t.wait = u.wait
)

-- name: commit.tasks_escalated
-- Work for people that was due and that others were told of.
tasks_escalated AS (
    UPDATE user_task t SET state = 'ESCALATED'
    FROM fence, unnest(
        :escalated_tenants::integer[], :escalated_instances::uuid[], :escalated_waits::integer[]
    ) AS u (tenant_id, instance_id, wait)
    WHERE t.tenant_id = u.tenant_id AND t.instance_id = u.instance_id AND t.wait = u.wait
)

-- name: commit.incidents
-- Tokens that got stuck.
incidents AS (
    INSERT INTO incident (tenant_id, instance_id, id, at, element, code, message)
    SELECT i.* FROM fence, unnest(
        :incident_tenants::integer[], :incident_instances::uuid[], :incident_ids::integer[],
        :incident_ats::timestamptz[], :incident_elements::text[], :incident_codes::text[],
        :incident_messages::text[]
    ) AS i
)

-- name: commit.settled
-- Incidents that are over.
settled AS (
    UPDATE incident i SET settled_at = u.at
    FROM fence, unnest(
        :settled_tenants::integer[], :settled_instances::uuid[], :settled_ids::integer[],
        :settled_ats::timestamptz[]
    ) AS u (tenant_id, instance_id, id, at)
    WHERE i.tenant_id = u.tenant_id AND i.instance_id = u.instance_id AND i.id = u.id
)

-- name: commit.statuses
-- Where the orders stand now.
statuses AS (
    UPDATE purchase_order o
    SET state = u.state, since = u.since, resume = u.resume, reached = u.reached
    FROM fence, unnest(
        :status_tenants::integer[], :status_orders::uuid[], :status_states::text[],
        :status_resumes::text[], :status_reached::text[], :status_sinces::timestamptz[]
    ) AS u (tenant_id, id, state, resume, reached, since)
    WHERE o.tenant_id = u.tenant_id AND o.id = u.id
)

-- name: commit.amended
-- New versions of the content of orders.
sealed AS (
    INSERT INTO order_payload (tenant_id, order_id, version, person, key_id, hash, ciphertext)
    SELECT p.* FROM fence, unnest(
        :amended_tenants::integer[], :amended_orders::uuid[], :amended_versions::integer[],
        :amended_persons::bytea[], :amended_key_ids::uuid[], :amended_hashes::bytea[],
        :amended_ciphertexts::bytea[]
    ) AS p
),
keyed AS (
    INSERT INTO person_key (tenant_id, person, key_id, wrapped)
    SELECT k.* FROM fence, unnest(
        :amended_tenants::integer[], :amended_persons::bytea[], :amended_key_ids::uuid[],
        :amended_wrapped_keys::bytea[]
    ) AS k
    ON CONFLICT DO NOTHING
)

-- name: commit.documents
-- Tax documents whose folio is theirs from now on.
numbered AS (
    INSERT INTO tax_document (
        tenant_id, instance_id, effect, issuer, type_code, series, folio, provider, is_sale,
        currency, total, issued_at, changed_at, handed_at, state, hash, refers_type, refers_series,
        refers_folio
    )
    SELECT d.* FROM fence, unnest(
        :document_tenants::integer[], :document_instances::uuid[], :document_effects::text[],
        :document_issuers::text[], :document_type_codes::text[], :document_series::text[],
        :document_folios::bigint[], :document_providers::text[], :document_are_sales::boolean[],
        :document_currencies::text[],
        :document_totals::numeric[], :document_issued_ats::timestamptz[],
        :document_changed_ats::timestamptz[], :document_handed_ats::timestamptz[],
        :document_states::text[], :document_hashes::bytea[], :document_refers_types::text[],
        :document_refers_series::text[], :document_refers_folios::bigint[]
    ) AS d
)

-- name: commit.documents_restated
-- Tax documents that went on, each from a state that it must be in: else nothing is written.
documents_restated AS (
    UPDATE tax_document t SET
        state = CASE WHEN t.state = ANY(string_to_array(u.befores, ' ')) THEN u.state ELSE '' END,
        total = u.total, issued_at = u.issued_at, changed_at = u.changed_at,
        handed_at = u.handed_at, hash = coalesce(u.hash, t.hash), reason = u.reason,
        envelope_id = NULL, codes = ''
    FROM fence, unnest(
        :redone_tenants::integer[], :redone_issuers::text[], :redone_type_codes::text[],
        :redone_series::text[], :redone_folios::bigint[], :redone_befores::text[],
        :redone_states::text[], :redone_totals::numeric[], :redone_issued_ats::timestamptz[],
        :redone_changed_ats::timestamptz[], :redone_handed_ats::timestamptz[],
        :redone_hashes::bytea[], :redone_reasons::text[]
    ) AS u (
        tenant_id, issuer, type_code, series, folio, befores, state, total, issued_at, changed_at,
        handed_at, hash, reason
    )
    WHERE t.tenant_id = u.tenant_id AND t.issuer = u.issuer AND t.type_code = u.type_code
      AND t.series = u.series AND t.folio = u.folio
)

-- name: commit.credited
-- What notes take back of documents, never more than there is: else nothing is written.
credited AS (
    UPDATE tax_document t SET credited = t.credited + u.amount
    FROM fence, (
        SELECT c.tenant_id, c.issuer, c.type_code, c.series, c.folio, sum(c.amount) AS amount
        FROM unnest(
            :credited_tenants::integer[], :credited_issuers::text[], :credited_type_codes::text[],
            :credited_series::text[], :credited_folios::bigint[], :credited_amounts::numeric[]
        ) AS c (tenant_id, issuer, type_code, series, folio, amount)
        GROUP BY c.tenant_id, c.issuer, c.type_code, c.series, c.folio
    ) AS u
    WHERE t.tenant_id = u.tenant_id AND t.issuer = u.issuer AND t.type_code = u.type_code
      AND t.series = u.series AND t.folio = u.folio
)

-- name: commit.kept
-- Signed documents, sealed with the key of their order's content.
kept AS (
    INSERT INTO kept_document (
        tenant_id, order_id, name, media_type, person, key_id, hash, ciphertext
    )
    SELECT k.* FROM fence, unnest(
        :kept_tenants::integer[], :kept_orders::uuid[], :kept_names::text[],
        :kept_media_types::text[], :kept_persons::bytea[], :kept_key_ids::uuid[],
        :kept_hashes::bytea[], :kept_ciphertexts::bytea[]
    ) AS k
    ON CONFLICT DO NOTHING
)

-- name: commit.attempts
-- Evidence of what was sent and what came back.
attempts AS (
    INSERT INTO call (
        tenant_id, instance_id, seq, n, wait, visit, attempt, at, took_ms, service, outcome,
        request, response
    )
    SELECT c.* FROM fence, unnest(
        :attempt_tenants::integer[], :attempt_instances::uuid[], :attempt_seqs::integer[],
        :attempt_ns::smallint[], :attempt_waits::integer[], :attempt_visits::text[],
        :attempt_numbers::integer[], :attempt_ats::timestamptz[], :attempt_tooks_ms::real[],
        :attempt_services::text[],
        :attempt_outcomes::text[], :attempt_requests::bytea[], :attempt_responses::bytea[]
    ) AS c
)

-- name: commit.sent
-- Messages that leave for other instances; where nobody awaits one that starts a process, it
-- begins an instance of it, whose id is the message's.
leaving AS MATERIALIZED (
    SELECT m.*, begins.process, begins.definition, begins.element, begins.gathers
    FROM fence, unnest(
        :sent_tenants::integer[], :sent_ids::uuid[], :sent_slots::smallint[],
        :sent_ttls_s::float8[], :sent_names::text[], :sent_keys::text[], :sent_payloads::bytea[]
    ) AS m (tenant_id, id, slot, ttl_s, name, key, payload)
    LEFT JOIN LATERAL (
        SELECT
            s.name AS process, s.name || '@' || s.version AS definition, s.element, s.gathers
        FROM starter s
        WHERE s.tenant_id = m.tenant_id AND s.event = m.name AND NOT s.is_signal
          AND NOT EXISTS (
            SELECT FROM definition d
            WHERE d.tenant_id = s.tenant_id AND d.name = s.name AND d.version > s.version
        ) AND NOT EXISTS (
            SELECT FROM subscription w
            WHERE w.tenant_id = m.tenant_id AND w.name = m.name AND w.key = m.key
        )
        ORDER BY s.name, s.element LIMIT 1
    ) AS begins ON true
),
sent_converses AS (
    INSERT INTO conversation (tenant_id, instance_id, process, key)
    SELECT tenant_id, id, process, key FROM leaving WHERE gathers ORDER BY process, key
    ON CONFLICT DO NOTHING
    RETURNING instance_id
),
sent_begins AS (
    INSERT INTO inbox (tenant_id, slot, id, instance_id, definition, element, key, body)
    SELECT tenant_id, slot, id, id, definition, element, key, payload
    FROM leaving
    WHERE definition IS NOT NULL
      AND (gathers IS NOT TRUE OR id IN (SELECT instance_id FROM sent_converses))
    RETURNING id
),
sent AS (
    INSERT INTO message (tenant_id, id, expires_at, name, key, payload)
    SELECT tenant_id, id, now() + make_interval(secs => ttl_s), name, key, payload
    FROM leaving WHERE id NOT IN (SELECT id FROM sent_begins)
)

-- name: commit.conversed
-- Conversations that are over: the next message of one begins another instance.
conversed AS (
    DELETE FROM conversation c
    USING fence, unnest(:conversed_tenants::integer[], :conversed_instances::uuid[])
        AS u (tenant_id, instance_id)
    WHERE c.tenant_id = u.tenant_id AND c.instance_id = u.instance_id
)

-- name: commit.signals
-- Signals, to all who listen at this moment, save in the instance that throws.
signals AS (
    INSERT INTO inbox (tenant_id, slot, id, instance_id, wait, signal, body)
    SELECT
        b.tenant_id, s.slot,
        (left(b.id::text, 13) || right(md5(b.id::text || s.instance_id || s.wait)::uuid::text, 23))
        ::uuid,
        s.instance_id, s.wait, b.name, b.payload
    FROM fence, unnest(
        :signal_tenants::integer[], :signal_ids::uuid[], :signal_throwers::uuid[],
        :signal_names::text[], :signal_payloads::bytea[]
    ) AS b (tenant_id, id, thrower, name, payload)
    JOIN subscription s ON s.tenant_id = b.tenant_id AND s.name = b.name AND s.key IS NULL
        AND s.instance_id <> b.thrower
),
signal_begins AS (
    INSERT INTO inbox (tenant_id, slot, id, instance_id, definition, element, key, body)
    SELECT
        g.tenant_id, ('x' || right(g.id::text, 2))::bit(8)::integer % :slots, g.id, g.id,
        g.definition, g.element, g.key, g.payload
    FROM (
        SELECT
            b.tenant_id, s.name || '@' || s.version AS definition, s.element, b.id::text AS key,
            b.payload,
            (left(b.id::text, 13) || right(md5(b.id::text || s.name || s.element)::uuid::text, 23))
            ::uuid AS id
        FROM fence, unnest(
            :signal_tenants::integer[], :signal_ids::uuid[], :signal_names::text[],
            :signal_payloads::bytea[]
        ) AS b (tenant_id, id, name, payload)
        JOIN starter s ON s.tenant_id = b.tenant_id AND s.event = b.name AND s.is_signal
        WHERE NOT EXISTS (
            SELECT FROM definition d
            WHERE d.tenant_id = s.tenant_id AND d.name = s.name AND d.version > s.version
        )
    ) AS g
)

-- name: commit.snapshots
-- Instances as they are, to fold less the next time.
snapshots AS (
    INSERT INTO snapshot (tenant_id, instance_id, seq, version, state)
    SELECT s.* FROM fence, unnest(
        :snapshot_tenants::integer[], :snapshot_instances::uuid[], :snapshot_seqs::integer[],
        :snapshot_versions::text[], :snapshot_states::bytea[]
    ) AS s
    ON CONFLICT (tenant_id, instance_id) DO UPDATE
    SET seq = excluded.seq, version = excluded.version, state = excluded.state
)

-- name: commit.acquitted
-- Suspects that were advanced and killed nobody.
acquitted AS (
    DELETE FROM suspect s
    USING fence, unnest(:acquitted_tenants::integer[], :acquitted_instances::uuid[])
        AS u (tenant_id, instance_id)
    WHERE s.tenant_id = u.tenant_id AND s.instance_id = u.instance_id
)

-- name: commit.outcome
-- Whether the fence stood.
SELECT EXISTS (SELECT FROM turned)

-- name: commit.committed
-- Whether this turn took place after all: what to ask when an answer was lost.
SELECT EXISTS (SELECT FROM turn WHERE worker = :worker AND n = :n)
