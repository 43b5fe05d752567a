-- People of the portal: accounts, what their roles allow, their sessions, what they did, and the
-- views they keep.

CREATE TABLE role (
    tenant_id integer NOT NULL,
    name text COLLATE "C" NOT NULL CHECK (name <> ''),
    permissions text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, name)
);
COMMENT ON COLUMN role.permissions IS 'names apart by spaces; what is not named is denied';

INSERT INTO role (tenant_id, name, permissions) VALUES
    (1, 'agent', 'overview.see orders.see orders.export orders.retry files.see files.push tasks.see tasks.work'),
    (1, 'supervisor', 'overview.see orders.see orders.export orders.retry orders.correct orders.cancel personal.see files.see files.push files.return files.discard files.approve tasks.see tasks.work tasks.assign views.share audit.see'),
    (1, 'tax_clerk', 'overview.see orders.see orders.export orders.retry orders.correct personal.see files.see files.push files.discard tasks.see tasks.work'),
    (1, 'logistics_clerk', 'overview.see orders.see orders.export orders.retry files.see tasks.see tasks.work'),
    (1, 'process_owner', 'overview.see orders.see orders.export files.see tasks.see'),
    (1, 'analyst', 'overview.see orders.see orders.export'),
    (1, 'auditor', 'overview.see orders.see orders.export personal.see files.see tasks.see audit.see'),
    (1, 'administrator', 'overview.see audit.see people.manage');

CREATE TABLE account (
    tenant_id integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz,
    id uuid NOT NULL,
    login text COLLATE "C" NOT NULL CHECK (login <> ''),
    name text NOT NULL CHECK (name <> ''),
    secret text COLLATE "C" NOT NULL,
    roles text COLLATE "C" NOT NULL,
    stores text COLLATE "C",
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, login)
);
COMMENT ON COLUMN account.secret IS 'argon2id, encoded; empty: no password opens it';
COMMENT ON COLUMN account.roles IS 'names apart by spaces';
COMMENT ON COLUMN account.stores IS 'the stores it may see, apart by spaces; null: all';

CREATE TABLE portal_session (
    tenant_id integer NOT NULL,
    began_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    account_id uuid NOT NULL,
    token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
    origin text NOT NULL,
    agent text NOT NULL,
    PRIMARY KEY (tenant_id, token_hash)
) WITH (fillfactor = 70);
CREATE INDEX portal_session_account ON portal_session (tenant_id, account_id, began_at);

CREATE TABLE sign_in_failure (
    tenant_id integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    id uuid NOT NULL,
    login text COLLATE "C" NOT NULL,
    origin text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX sign_in_failure_login ON sign_in_failure (tenant_id, login, at);
CREATE INDEX sign_in_failure_origin ON sign_in_failure (tenant_id, origin, at);

CREATE TABLE audit_entry (
    tenant_id integer NOT NULL,
    at timestamptz NOT NULL,
    "position" bigint,
    id uuid NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    origin text NOT NULL,
    action text COLLATE "C" NOT NULL CHECK (action <> ''),
    subject text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    before text NOT NULL,
    after text NOT NULL,
    digest bytea,
    chain bytea,
    PRIMARY KEY (tenant_id, id)
);
COMMENT ON COLUMN audit_entry.before IS 'JSON, or empty';
COMMENT ON COLUMN audit_entry."position" IS 'in the chain, from 1; null: not sealed yet';
COMMENT ON COLUMN audit_entry.chain IS 'SHA-256 over the chain before it, its position and its digest';
CREATE UNIQUE INDEX audit_entry_position ON audit_entry (tenant_id, "position");
CREATE INDEX audit_entry_subject ON audit_entry (tenant_id, subject, id);
CREATE INDEX audit_entry_open ON audit_entry (tenant_id, id) WHERE "position" IS NULL;

CREATE TABLE audit_head (
    tenant_id integer PRIMARY KEY,
    "position" bigint NOT NULL,
    chain bytea NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE audit_head IS 'where the chain ends: who seals locks it';

CREATE TABLE saved_view (
    tenant_id integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    shared boolean NOT NULL,
    page text COLLATE "C" NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    query text NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX saved_view_account ON saved_view (tenant_id, account_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON role, account, saved_view TO mtd_door;
GRANT SELECT, INSERT, DELETE ON portal_session, sign_in_failure TO mtd_door;
GRANT UPDATE (seen_at, ended_at) ON portal_session TO mtd_door;
GRANT SELECT, INSERT ON audit_entry TO mtd_door;
GRANT UPDATE ("position", digest, chain) ON audit_entry TO mtd_door;
GRANT SELECT, INSERT, UPDATE ON audit_head TO mtd_door;

ALTER TABLE role ENABLE ROW LEVEL SECURITY;
ALTER TABLE role FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON role TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE account ENABLE ROW LEVEL SECURITY;
ALTER TABLE account FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON account TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE portal_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE portal_session FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON portal_session TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE sign_in_failure ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_in_failure FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON sign_in_failure TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON audit_entry TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE audit_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_head FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON audit_head TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE saved_view ENABLE ROW LEVEL SECURITY;
ALTER TABLE saved_view FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON saved_view TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
