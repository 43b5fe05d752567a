-- The engine's tables, its two roles and what each may do.
--
-- Columns stand fixed width first and 8-byte ones on 8-byte boundaries: a journal row pays for
-- every hole. Text keys compare bytes ("C"). Nothing references anything by foreign key: those
-- are triggers, and the engine's path has none.

-- Waiver of the dialect: roles belong to the whole cluster, so a second database finds them made.
DO $roles$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['mtd_engine', 'mtd_door'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN
                    NULL; -- another database was first
            END;
        END IF;
        -- Since PostgreSQL 16 whoever makes a role may grant it, but not yet set it.
        IF NOT pg_has_role(current_user, wanted, CASE
            WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER'
        END) THEN
            EXECUTE format('GRANT %I TO %I', wanted, current_user);
        END IF;
    END LOOP;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION '% may neither create role % nor become it', current_user, wanted
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('As an administrator: CREATE ROLE %1$I NOLOGIN; GRANT %1$I TO %2$I;',
                                wanted, current_user);
END
$roles$;

GRANT USAGE ON SCHEMA public TO mtd_engine, mtd_door;

-- -- whose it is ------------------------------------------------------------------------------

CREATE TABLE tenant (
    tenant_id integer PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE CHECK (name <> '')
);
INSERT INTO tenant (tenant_id, name) VALUES (1, 'default');

-- -- what runs --------------------------------------------------------------------------------

CREATE TABLE definition (
    tenant_id integer NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    deployed_at timestamptz NOT NULL DEFAULT now(),
    name text COLLATE "C" NOT NULL CHECK (name <> ''),
    deployed_by text NOT NULL,
    tag text NOT NULL DEFAULT '',
    format text NOT NULL,
    digest bytea NOT NULL,
    source bytea NOT NULL,
    bindings bytea NOT NULL,
    PRIMARY KEY (tenant_id, name, version)
);

CREATE TABLE instance (
    tenant_id integer NOT NULL,
    slot smallint NOT NULL,
    id uuid NOT NULL,
    wake_at timestamptz,
    state text COLLATE "C" NOT NULL,
    definition text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 90);
COMMENT ON COLUMN instance.wake_at IS
    'null: live in its owner''s memory; infinity: only an arrival wakes it; else when it is due';
CREATE INDEX instance_awake ON instance (slot, wake_at)
    WHERE wake_at IS NULL OR wake_at < 'infinity';

CREATE TABLE journal (
    tenant_id integer NOT NULL,
    seq integer NOT NULL,
    at timestamptz NOT NULL,
    instance_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    element text COLLATE "C" NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (tenant_id, instance_id, seq)
);
COMMENT ON TABLE journal IS 'one row a step, appended only: an instance is the fold of its rows';

CREATE TABLE snapshot (
    tenant_id integer NOT NULL,
    seq integer NOT NULL,
    instance_id uuid NOT NULL,
    version text COLLATE "C" NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (tenant_id, instance_id)
);

CREATE TABLE call (
    tenant_id integer NOT NULL,
    seq integer NOT NULL,
    at timestamptz NOT NULL,
    took_ms real NOT NULL,
    wait integer NOT NULL,
    attempt integer NOT NULL,
    n smallint NOT NULL,
    instance_id uuid NOT NULL,
    service text COLLATE "C" NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    request bytea NOT NULL,
    response bytea NOT NULL,
    PRIMARY KEY (tenant_id, instance_id, seq, n)
);
COMMENT ON TABLE call IS 'evidence of each attempt, written with the journal row that it led to';

CREATE TABLE incident (
    tenant_id integer NOT NULL,
    id integer NOT NULL,
    at timestamptz NOT NULL,
    settled_at timestamptz,
    instance_id uuid NOT NULL,
    element text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    message text NOT NULL,
    PRIMARY KEY (tenant_id, instance_id, id)
);
CREATE INDEX incident_open ON incident (tenant_id, at, instance_id, id) WHERE settled_at IS NULL;

CREATE TABLE user_task (
    tenant_id integer NOT NULL,
    wait integer NOT NULL,
    opened_at timestamptz NOT NULL,
    due_at timestamptz,
    claimed_at timestamptz,
    closed_at timestamptz,
    instance_id uuid NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'CREATED',
    role text COLLATE "C" NOT NULL,
    element text COLLATE "C" NOT NULL,
    name text NOT NULL,
    form text,
    assignee text,
    fields bytea NOT NULL,
    PRIMARY KEY (tenant_id, instance_id, wait)
);
CREATE INDEX user_task_open ON user_task (tenant_id, opened_at, instance_id, wait)
    WHERE closed_at IS NULL;

-- -- what comes in ----------------------------------------------------------------------------

CREATE TABLE inbox (
    tenant_id integer NOT NULL,
    wait integer,
    at timestamptz NOT NULL DEFAULT now(),
    slot smallint NOT NULL,
    id uuid NOT NULL,
    instance_id uuid NOT NULL,
    definition text COLLATE "C",
    key text COLLATE "C",
    signal text COLLATE "C",
    body bytea NOT NULL,
    PRIMARY KEY (tenant_id, slot, id)
);
COMMENT ON COLUMN inbox.definition IS 'of a start: the process to begin, with its business key';
COMMENT ON COLUMN inbox.signal IS 'of a signal: its name; wait is the one it answers, body its payload';

CREATE TABLE seen (
    tenant_id integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    id uuid NOT NULL,
    source text COLLATE "C" NOT NULL CHECK (source <> ''),
    message_id text COLLATE "C" NOT NULL CHECK (message_id <> ''),
    hash bytea NOT NULL,
    PRIMARY KEY (tenant_id, source, message_id)
);

CREATE TABLE message (
    tenant_id integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX message_key ON message (tenant_id, name, key);
CREATE INDEX message_recent ON message (at);

CREATE TABLE undelivered (
    tenant_id integer NOT NULL,
    at timestamptz NOT NULL,
    given_up_at timestamptz NOT NULL DEFAULT now(),
    id uuid NOT NULL,
    reason text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
COMMENT ON TABLE undelivered IS 'messages that nobody took in time: shown, never dropped in silence';

CREATE TABLE subscription (
    tenant_id integer NOT NULL,
    wait integer NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    slot smallint NOT NULL,
    instance_id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    key text COLLATE "C",
    PRIMARY KEY (tenant_id, instance_id, wait)
);
COMMENT ON COLUMN subscription.key IS 'null: listens to a signal';
CREATE INDEX subscription_key ON subscription (tenant_id, name, key, opened_at);
CREATE INDEX subscription_recent ON subscription (opened_at);

-- -- orders -----------------------------------------------------------------------------------

CREATE TABLE purchase_order (
    tenant_id integer NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    placed_at timestamptz NOT NULL,
    promised_at timestamptz,
    id uuid NOT NULL,
    country text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    external_id text COLLATE "C" NOT NULL CHECK (external_id <> ''),
    branch text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    buyer_document text COLLATE "C" NOT NULL,
    amount numeric NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'RECEIVED',
    since timestamptz NOT NULL DEFAULT now(),
    resume text COLLATE "C",
    reached text COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, country, store, channel, external_id)
) WITH (fillfactor = 50);
COMMENT ON COLUMN purchase_order.reached IS
    'states it has been in, newest first: WAL then holds what was added, not what went before';
COMMENT ON TABLE purchase_order IS 'no index holds the state: a change of it stays on its page (HOT)';

CREATE TABLE order_payload (
    tenant_id integer NOT NULL,
    version integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    order_id uuid NOT NULL,
    key_id uuid NOT NULL,
    person bytea NOT NULL CHECK (octet_length(person) BETWEEN 1 AND 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    ciphertext bytea NOT NULL,
    PRIMARY KEY (tenant_id, order_id, version)
);
ALTER TABLE order_payload ALTER COLUMN ciphertext SET STORAGE EXTERNAL;

CREATE TABLE person_key (
    tenant_id integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    erased_at timestamptz,
    key_id uuid NOT NULL,
    person bytea NOT NULL,
    wrapped bytea,
    PRIMARY KEY (tenant_id, person, key_id),
    CHECK ((wrapped IS NULL) = (erased_at IS NOT NULL))
);
COMMENT ON TABLE person_key IS
    'erasing a person empties wrapped for ever; the row stays, so that no late order revives the key';

CREATE TABLE order_search (
    tenant_id integer NOT NULL,
    order_id uuid NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) BETWEEN 1 AND 32),
    PRIMARY KEY (tenant_id, digest, order_id)
);

CREATE TABLE order_conflict (
    tenant_id integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    order_id uuid NOT NULL,
    source text COLLATE "C" NOT NULL,
    message_id text COLLATE "C",
    hash bytea NOT NULL,
    hash_before bytea NOT NULL,
    PRIMARY KEY (tenant_id, order_id, hash)
);
COMMENT ON TABLE order_conflict IS 'the same order came again with other content: for a person';

CREATE TABLE intake_file (
    tenant_id integer NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    pushes integer NOT NULL DEFAULT 0,
    arrived_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    size_bytes bigint NOT NULL,
    id uuid NOT NULL,
    order_id uuid,
    state text COLLATE "C" NOT NULL DEFAULT 'NEW'
        CHECK (state IN ('NEW', 'READING', 'DONE', 'DUPLICATE', 'WAITING', 'REJECTED')),
    source text COLLATE "C" NOT NULL,
    path text NOT NULL,
    archive text NOT NULL,
    cause text COLLATE "C",
    order_key text COLLATE "C",
    hash bytea NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, source, path, hash)
) WITH (fillfactor = 70);
CREATE INDEX intake_file_open ON intake_file (tenant_id, due_at)
    WHERE state IN ('NEW', 'READING');
CREATE INDEX intake_file_waiting ON intake_file (tenant_id, arrived_at, id)
    WHERE state = 'WAITING';

CREATE TABLE intake_failure (
    tenant_id integer NOT NULL,
    round integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    attempt integer NOT NULL,
    file_id uuid NOT NULL,
    message text NOT NULL,
    PRIMARY KEY (tenant_id, file_id, round, attempt)
);
COMMENT ON COLUMN intake_failure.round IS 'how often the file had been pushed';

CREATE TABLE intake_ruling (
    tenant_id integer NOT NULL,
    n integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    file_id uuid NOT NULL,
    ruling text COLLATE "C" NOT NULL CHECK (ruling IN ('PUSHED', 'REJECTED')),
    actor text NOT NULL CHECK (actor <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    PRIMARY KEY (tenant_id, file_id, n)
);
COMMENT ON TABLE intake_ruling IS 'who decided what about a waiting file, and why';

CREATE TABLE api_client (
    tenant_id integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    id uuid NOT NULL,
    name text NOT NULL,
    key_hash bytea NOT NULL CHECK (octet_length(key_hash) = 32),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, key_hash)
);

-- -- who works --------------------------------------------------------------------------------

CREATE TABLE worker (
    id uuid PRIMARY KEY,
    born_at timestamptz NOT NULL DEFAULT now(),
    since timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz NOT NULL,
    trying_tenant integer,
    trying uuid,
    name text NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE worker IS 'who has a row may commit; death is a DELETE of it, never an UPDATE';
COMMENT ON COLUMN worker.since IS 'the lease has not lapsed since; after an outage it starts anew';

CREATE TABLE slot (
    slot smallint PRIMARY KEY,
    worker uuid
) WITH (fillfactor = 50);
INSERT INTO slot (slot) SELECT * FROM generate_series(0, 63);

CREATE TABLE turn (
    worker uuid NOT NULL,
    n bigint NOT NULL,
    at timestamptz NOT NULL,
    whole boolean NOT NULL CONSTRAINT turn_is_whole CHECK (whole),
    tenants integer[] NOT NULL,
    instances uuid[] NOT NULL,
    seqs integer[] NOT NULL,
    PRIMARY KEY (worker, n)
);
ALTER TABLE turn ALTER COLUMN tenants SET STORAGE EXTERNAL;
ALTER TABLE turn ALTER COLUMN instances SET STORAGE EXTERNAL;
ALTER TABLE turn ALTER COLUMN seqs SET STORAGE EXTERNAL;
COMMENT ON TABLE turn IS 'proof that a commit took place, and what readers of the journal follow';
COMMENT ON COLUMN turn.whole IS 'all that the turn consumes was there; else none of it is written';

CREATE TABLE suspect (
    tenant_id integer NOT NULL,
    adopted integer NOT NULL,
    deaths integer NOT NULL,
    instance_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, instance_id)
);
COMMENT ON TABLE suspect IS 'instances at hand when a worker died; deaths counts those it was alone in';

CREATE TABLE engine (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    connectors_paused boolean NOT NULL DEFAULT false,
    reason text NOT NULL DEFAULT ''
);
INSERT INTO engine DEFAULT VALUES;

-- -- what each role may do --------------------------------------------------------------------

GRANT SELECT ON tenant TO mtd_engine, mtd_door;
GRANT SELECT ON definition, instance, journal, snapshot, call, incident, user_task, inbox, message,
    undelivered, subscription, purchase_order, order_payload, person_key, worker, slot, turn,
    suspect, engine TO mtd_engine;
GRANT INSERT, DELETE ON worker TO mtd_engine;
GRANT INSERT ON instance, journal, snapshot, call, incident, user_task, inbox, message,
    undelivered, subscription, order_payload, person_key, turn, suspect TO mtd_engine;
GRANT UPDATE ON instance, snapshot, incident, user_task, worker, slot, suspect TO mtd_engine;
GRANT UPDATE (state, resume, reached, since) ON purchase_order TO mtd_engine;
GRANT DELETE ON snapshot, inbox, message, subscription, turn, suspect TO mtd_engine;

GRANT SELECT ON definition, instance, journal, call, incident, user_task, inbox, seen, message,
    undelivered, subscription, purchase_order, order_payload, person_key, order_search,
    order_conflict, intake_file, intake_failure, intake_ruling, api_client, engine, worker, slot
    TO mtd_door;
GRANT INSERT ON definition, inbox, seen, message, undelivered, purchase_order, order_payload,
    person_key, order_search, order_conflict, intake_file, intake_failure, intake_ruling, api_client
    TO mtd_door;
GRANT UPDATE ON intake_file, order_conflict TO mtd_door;
GRANT DELETE ON seen TO mtd_door;
GRANT UPDATE (state, assignee, claimed_at) ON user_task TO mtd_door;
GRANT UPDATE (wrapped, erased_at) ON person_key TO mtd_door;
GRANT UPDATE (revoked_at) ON api_client TO mtd_door;
GRANT UPDATE (connectors_paused, reason) ON engine TO mtd_door;

-- Every tenant's table: forced on its owner too; a door sees the tenant of its transaction or
-- nothing at all, the turn commits the work of all tenants at once.

ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON tenant TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON tenant TO mtd_engine USING (true);

ALTER TABLE definition ENABLE ROW LEVEL SECURITY;
ALTER TABLE definition FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON definition TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON definition TO mtd_engine USING (true);

ALTER TABLE instance ENABLE ROW LEVEL SECURITY;
ALTER TABLE instance FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON instance TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON instance TO mtd_engine USING (true);

ALTER TABLE journal ENABLE ROW LEVEL SECURITY;
ALTER TABLE journal FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON journal TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON journal TO mtd_engine USING (true);

ALTER TABLE snapshot ENABLE ROW LEVEL SECURITY;
ALTER TABLE snapshot FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON snapshot TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON snapshot TO mtd_engine USING (true);

ALTER TABLE call ENABLE ROW LEVEL SECURITY;
ALTER TABLE call FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON call TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON call TO mtd_engine USING (true);

ALTER TABLE incident ENABLE ROW LEVEL SECURITY;
ALTER TABLE incident FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON incident TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON incident TO mtd_engine USING (true);

ALTER TABLE user_task ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_task FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON user_task TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON user_task TO mtd_engine USING (true);

ALTER TABLE inbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE inbox FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON inbox TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON inbox TO mtd_engine USING (true);

ALTER TABLE message ENABLE ROW LEVEL SECURITY;
ALTER TABLE message FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON message TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON message TO mtd_engine USING (true);

ALTER TABLE undelivered ENABLE ROW LEVEL SECURITY;
ALTER TABLE undelivered FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON undelivered TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON undelivered TO mtd_engine USING (true);

ALTER TABLE subscription ENABLE ROW LEVEL SECURITY;
ALTER TABLE subscription FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON subscription TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON subscription TO mtd_engine USING (true);

ALTER TABLE purchase_order ENABLE ROW LEVEL SECURITY;
ALTER TABLE purchase_order FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON purchase_order TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON purchase_order TO mtd_engine USING (true);

ALTER TABLE order_payload ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_payload FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON order_payload TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON order_payload TO mtd_engine USING (true);

ALTER TABLE person_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_key FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON person_key TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON person_key TO mtd_engine USING (true);

ALTER TABLE suspect ENABLE ROW LEVEL SECURITY;
ALTER TABLE suspect FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON suspect TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON suspect TO mtd_engine USING (true);

ALTER TABLE seen ENABLE ROW LEVEL SECURITY;
ALTER TABLE seen FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON seen TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE order_search ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_search FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON order_search TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE order_conflict ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_conflict FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON order_conflict TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE intake_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE intake_file FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON intake_file TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE api_client ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_client FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON api_client TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE intake_failure ENABLE ROW LEVEL SECURITY;
ALTER TABLE intake_failure FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON intake_failure TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE intake_ruling ENABLE ROW LEVEL SECURITY;
ALTER TABLE intake_ruling FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON intake_ruling TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
