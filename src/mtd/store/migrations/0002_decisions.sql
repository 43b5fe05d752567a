-- Decision models (DMN), deployed apart from the flows that use them; a version never changes.

CREATE TABLE decision_model (
    tenant_id integer NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    deployed_at timestamptz NOT NULL DEFAULT now(),
    name text COLLATE "C" NOT NULL CHECK (name <> ''),
    deployed_by text NOT NULL,
    tag text COLLATE "C" NOT NULL DEFAULT '',
    digest bytea NOT NULL,
    source bytea NOT NULL,
    PRIMARY KEY (tenant_id, name, version)
);
COMMENT ON COLUMN decision_model.name IS 'the file''s name, by which bindings know it';

GRANT SELECT ON decision_model TO mtd_engine, mtd_door;
GRANT INSERT ON decision_model TO mtd_door;

ALTER TABLE decision_model ENABLE ROW LEVEL SECURITY;
ALTER TABLE decision_model FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON decision_model TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON decision_model TO mtd_engine USING (true);
