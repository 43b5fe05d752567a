-- Documents that came back from a legacy system, such as a tax document's PDF and XML, sealed with
-- the key of the order's buyer: erasing the person makes them noise too.

CREATE TABLE kept_document (
    tenant_id integer NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now(),
    order_id uuid NOT NULL,
    key_id uuid NOT NULL,
    name text COLLATE "C" NOT NULL CHECK (name <> ''),
    media_type text COLLATE "C" NOT NULL,
    person bytea NOT NULL,
    hash bytea NOT NULL,
    ciphertext bytea NOT NULL,
    PRIMARY KEY (tenant_id, order_id, name, hash)
);
COMMENT ON COLUMN kept_document.hash IS 'SHA-256 of the document in clear';

GRANT SELECT ON kept_document TO mtd_engine, mtd_door;
GRANT INSERT ON kept_document TO mtd_door;

ALTER TABLE kept_document ENABLE ROW LEVEL SECURITY;
ALTER TABLE kept_document FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON kept_document TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON kept_document TO mtd_engine USING (true);
