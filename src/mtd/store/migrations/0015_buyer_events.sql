-- What buyers, and the authority itself, recorded of invoices: receipts and claims.

CREATE TABLE buyer_event (
    tenant_id integer NOT NULL,
    folio bigint NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    issuer text COLLATE "C" NOT NULL,
    type_code text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL CHECK (code <> ''),
    recorded_at text COLLATE "C" NOT NULL,
    by_tax_id text COLLATE "C" NOT NULL,
    description text NOT NULL,
    PRIMARY KEY (tenant_id, issuer, type_code, folio, code, recorded_at)
);
COMMENT ON COLUMN buyer_event.recorded_at IS 'as the register writes it: local time, dd-mm-yyyy hh:mm:ss';

ALTER TABLE tax_document ADD COLUMN register_asked_at timestamptz;
COMMENT ON COLUMN tax_document.register_asked_at IS 'when the register of receipts and claims was last asked';
CREATE INDEX tax_document_claimable ON tax_document (tenant_id, issuer, changed_at)
    WHERE type_code IN ('33', '34') AND state IN ('ACCEPTED', 'ACCEPTED_WITH_OBJECTIONS');

GRANT SELECT ON buyer_event TO mtd_engine, mtd_door;
GRANT INSERT ON buyer_event TO mtd_engine;

ALTER TABLE buyer_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE buyer_event FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON buyer_event TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON buyer_event TO mtd_engine USING (true);
