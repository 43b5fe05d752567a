-- Alerts: the rules that people changed, what they found, what was done about it, and who was told;
-- and of what rules look at what no other table keeps: attempts by minute, and readings.

CREATE TABLE alert_watch (
    tenant_id integer PRIMARY KEY,
    due_at timestamptz NOT NULL,
    rounds bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
COMMENT ON TABLE alert_watch IS 'whoever looks locks it until what was found is written: one looks at a time';
INSERT INTO alert_watch (tenant_id, due_at) SELECT tenant_id, '-infinity' FROM tenant;

CREATE TABLE alert_rule (
    tenant_id integer NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    name text COLLATE "C" NOT NULL CHECK (name <> ''),
    changed_by text NOT NULL CHECK (changed_by <> ''),
    content bytea,
    PRIMARY KEY (tenant_id, name)
);
COMMENT ON COLUMN alert_rule.content IS 'JSON; null: the rule was taken out, also where the settings have it';

CREATE TABLE alert (
    tenant_id integer NOT NULL,
    count integer NOT NULL DEFAULT 1,
    affected integer NOT NULL,
    events integer NOT NULL DEFAULT 0,
    began_at timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    acknowledged_at timestamptz,
    escalated_at timestamptz,
    muted_until timestamptz,
    closed_at timestamptz,
    observed double precision NOT NULL,
    bound double precision NOT NULL,
    id uuid NOT NULL,
    rule text COLLATE "C" NOT NULL,
    scope text COLLATE "C" NOT NULL,
    severity text COLLATE "C" NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    owner text,
    closed_by text,
    content bytea NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 70);
COMMENT ON COLUMN alert.count IS 'how often the condition began: within an hour it is the same alert';
COMMENT ON COLUMN alert.began_at IS 'when it was found first; opened_at: the last time that it began';
COMMENT ON COLUMN alert.last_at IS 'when the condition was last seen to hold';
COMMENT ON COLUMN alert.closed_by IS 'null of a closed one: it closed by itself';
COMMENT ON COLUMN alert.content IS 'JSON: the condition as it was, what is told of it, its remedy';
CREATE UNIQUE INDEX alert_open ON alert (tenant_id, rule, scope) WHERE closed_at IS NULL;
CREATE INDEX alert_recent ON alert (tenant_id, last_at);

CREATE TABLE alert_event (
    tenant_id integer NOT NULL,
    n integer NOT NULL,
    at timestamptz NOT NULL,
    alert_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN (
        'OPENED', 'REOPENED', 'ESCALATED', 'CLOSED', 'ACKNOWLEDGED', 'ASSIGNED', 'COMMENTED',
        'MUTED', 'UNMUTED'
    )),
    actor text,
    words text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, alert_id, n)
);
COMMENT ON COLUMN alert_event.actor IS 'null: it happened by itself';

CREATE TABLE alert_notice (
    tenant_id integer NOT NULL,
    n integer NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    settled_at timestamptz,
    alert_id uuid NOT NULL,
    recipient text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'PENDING'
        CHECK (state IN ('PENDING', 'SENT', 'FAILED', 'SPARED')),
    said text NOT NULL DEFAULT '',
    content bytea NOT NULL,
    PRIMARY KEY (tenant_id, alert_id, n, recipient)
) WITH (fillfactor = 70);
COMMENT ON COLUMN alert_notice.n IS 'of the event that is told: each is told once to each recipient';
COMMENT ON COLUMN alert_notice.state IS 'SPARED: it was over before it was due to be told';
COMMENT ON COLUMN alert_notice.said IS 'what came of the last attempt';
COMMENT ON COLUMN alert_notice.content IS 'JSON: the alert as it stood at that event';
CREATE INDEX alert_notice_due ON alert_notice (tenant_id, due_at) WHERE state = 'PENDING';

CREATE TABLE alert_reading (
    tenant_id integer NOT NULL,
    at timestamptz NOT NULL,
    most double precision NOT NULL,
    least double precision NOT NULL,
    measure text COLLATE "C" NOT NULL,
    scope text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, measure, scope, at)
) WITH (fillfactor = 70);
COMMENT ON TABLE alert_reading IS 'what rules measured, of which nothing else keeps a history';
COMMENT ON COLUMN alert_reading.at IS 'the five minutes that begin then';

CREATE TABLE attempt_tally (
    tenant_id integer NOT NULL,
    attempts integer NOT NULL,
    failures integer NOT NULL,
    at timestamptz NOT NULL,
    service text COLLATE "C" NOT NULL,
    element text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, at, service, element)
) WITH (fillfactor = 70);
COMMENT ON TABLE attempt_tally IS 'attempts by the minute, counted by a reader of the journal';
COMMENT ON COLUMN attempt_tally.service IS 'a connector; or message:NAME, of messages that came in';

CREATE TABLE tally_reader (
    worker uuid PRIMARY KEY,
    n bigint NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE tally_reader IS 'the last turn of each worker that is in the tallies';
INSERT INTO tally_reader (worker, n) VALUES ('00000000-0000-0000-0000-000000000000', 0);

UPDATE role SET permissions = permissions || ' alerts.see alerts.work alerts.rules'
WHERE name IN ('supervisor', 'process_owner');
UPDATE role SET permissions = permissions || ' alerts.see alerts.work'
WHERE name IN ('agent', 'tax_clerk', 'logistics_clerk');
UPDATE role SET permissions = permissions || ' alerts.see'
WHERE name IN ('analyst', 'auditor', 'administrator');

GRANT SELECT ON alert_watch, alert_rule, alert, alert_event, alert_notice, alert_reading, attempt_tally
    TO mtd_door;
GRANT INSERT ON alert_watch, alert_rule, alert, alert_event, alert_notice, alert_reading TO mtd_door;
GRANT UPDATE ON alert_watch, alert_rule, alert, alert_notice, alert_reading TO mtd_door;
GRANT DELETE ON alert_reading TO mtd_door;
GRANT SELECT, INSERT, UPDATE, DELETE ON attempt_tally, tally_reader TO mtd_engine;

ALTER TABLE alert_watch ENABLE ROW LEVEL SECURITY;
ALTER TABLE alert_watch FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON alert_watch TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE alert_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE alert_rule FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON alert_rule TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE alert ENABLE ROW LEVEL SECURITY;
ALTER TABLE alert FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON alert TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE alert_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE alert_event FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON alert_event TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE alert_notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE alert_notice FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON alert_notice TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE alert_reading ENABLE ROW LEVEL SECURITY;
ALTER TABLE alert_reading FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON alert_reading TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE attempt_tally ENABLE ROW LEVEL SECURITY;
ALTER TABLE attempt_tally FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON attempt_tally TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON attempt_tally TO mtd_engine USING (true);
