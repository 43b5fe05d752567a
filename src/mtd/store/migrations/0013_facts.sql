-- Facts of the world outside, and the conditions over them at which processes begin.

CREATE TABLE fact (
    tenant_id integer NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    name text COLLATE "C" NOT NULL CHECK (name <> ''),
    changed_by text NOT NULL,
    value bytea NOT NULL,
    PRIMARY KEY (tenant_id, name)
);
COMMENT ON COLUMN fact.value IS 'JSON';

CREATE TABLE condition_start (
    tenant_id integer NOT NULL,
    version integer NOT NULL,
    met boolean NOT NULL,
    name text COLLATE "C" NOT NULL,
    element text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, name, element)
);
COMMENT ON TABLE condition_start IS 'conditional starts of the latest version of each definition';
COMMENT ON COLUMN condition_start.met IS 'it holds: it must be false before it begins an instance again';

GRANT SELECT ON fact, condition_start TO mtd_engine;
GRANT SELECT, INSERT, UPDATE, DELETE ON fact, condition_start TO mtd_door;

ALTER TABLE fact ENABLE ROW LEVEL SECURITY;
ALTER TABLE fact FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON fact TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON fact TO mtd_engine USING (true);

ALTER TABLE condition_start ENABLE ROW LEVEL SECURITY;
ALTER TABLE condition_start FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON condition_start TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON condition_start TO mtd_engine USING (true);
