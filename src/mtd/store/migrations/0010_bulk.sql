-- Bulk actions: what is to be done to many orders or files, and what came of it for each.
--
-- The scope of one is fixed when it is previewed: nobody is added to it afterwards.

CREATE TABLE bulk (
    tenant_id integer NOT NULL,
    rate_per_s double precision NOT NULL CHECK (rate_per_s > 0),
    previewed_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    ended_at timestamptz,
    id uuid NOT NULL,
    again_of uuid,
    action text COLLATE "C" NOT NULL CHECK (action IN ('retry', 'cancel', 'set', 'migrate', 'push')),
    state text COLLATE "C" NOT NULL DEFAULT 'PREVIEWED'
        CHECK (state IN ('PREVIEWED', 'RUNNING', 'PAUSED', 'ABORTED', 'DONE')),
    name text NOT NULL CHECK (name <> ''),
    actor text NOT NULL CHECK (actor <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    arguments bytea NOT NULL,
    scope bytea NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
COMMENT ON COLUMN bulk.arguments IS 'JSON: what the action takes';
COMMENT ON COLUMN bulk.scope IS 'JSON: the selection or filter as it was asked for';
COMMENT ON COLUMN bulk.again_of IS 'the one whose failed items these are';
CREATE INDEX bulk_open ON bulk (tenant_id, id) WHERE ended_at IS NULL AND started_at IS NOT NULL;

CREATE TABLE bulk_item (
    tenant_id integer NOT NULL,
    n integer NOT NULL,
    sent_at timestamptz,
    settled_at timestamptz,
    bulk_id uuid NOT NULL,
    target uuid NOT NULL,
    state text COLLATE "C" NOT NULL
        CHECK (state IN ('PENDING', 'SKIPPED', 'SENT', 'SUCCEEDED', 'FAILED')),
    key text COLLATE "C" NOT NULL,
    stood bytea NOT NULL,
    said text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, bulk_id, n),
    UNIQUE (tenant_id, bulk_id, target)
);
COMMENT ON COLUMN bulk_item.target IS 'the order, or the file, by its id';
COMMENT ON COLUMN bulk_item.stood IS 'JSON: how it stood when its scope was fixed';
COMMENT ON COLUMN bulk_item.said IS 'why it is skipped or failed, or what is still awaited';
CREATE INDEX bulk_item_open ON bulk_item (tenant_id, bulk_id, n)
    WHERE state IN ('PENDING', 'SENT');

CREATE TABLE bulk_ruling (
    tenant_id integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    bulk_id uuid NOT NULL,
    ruling text COLLATE "C" NOT NULL
        CHECK (ruling IN ('PREVIEWED', 'STARTED', 'PAUSED', 'RESUMED', 'ABORTED')),
    actor text NOT NULL CHECK (actor <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    id uuid NOT NULL,
    PRIMARY KEY (tenant_id, bulk_id, id)
);
COMMENT ON TABLE bulk_ruling IS 'who decided what about a bulk action, and why';

GRANT SELECT ON bulk, bulk_item, bulk_ruling TO mtd_engine, mtd_door;
GRANT INSERT ON bulk, bulk_item, bulk_ruling TO mtd_door;
GRANT UPDATE (state, started_at, ended_at) ON bulk TO mtd_door;
GRANT UPDATE (state, sent_at, settled_at, said) ON bulk_item TO mtd_door;

ALTER TABLE bulk ENABLE ROW LEVEL SECURITY;
ALTER TABLE bulk FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON bulk TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON bulk TO mtd_engine USING (true);

ALTER TABLE bulk_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE bulk_item FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON bulk_item TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON bulk_item TO mtd_engine USING (true);

ALTER TABLE bulk_ruling ENABLE ROW LEVEL SECURITY;
ALTER TABLE bulk_ruling FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON bulk_ruling TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON bulk_ruling TO mtd_engine USING (true);
