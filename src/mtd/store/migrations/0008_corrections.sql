-- What people corrected in orders: who, when, at which task and which fields. The corrected content
-- is a version of the order's; why is sealed with the order's key, for it may tell of the person.

CREATE TABLE order_correction (
    tenant_id integer NOT NULL,
    version integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    wait integer NOT NULL,
    order_id uuid NOT NULL,
    key_id uuid NOT NULL,
    task text NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    fields text[] NOT NULL,
    person bytea NOT NULL,
    reason bytea NOT NULL,
    PRIMARY KEY (tenant_id, order_id, version)
);
COMMENT ON COLUMN order_correction.version IS 'of the order''s content that it made';

GRANT SELECT ON order_correction TO mtd_engine, mtd_door;
GRANT INSERT ON order_correction TO mtd_door;

ALTER TABLE order_correction ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_correction FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON order_correction TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON order_correction TO mtd_engine USING (true);
