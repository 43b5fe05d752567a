-- What a restored database is told of folios that were given out after its backup was made.

CREATE TABLE folio_mark (
    tenant_id integer NOT NULL,
    last bigint NOT NULL CHECK (last > 0),
    issuer text COLLATE "C" NOT NULL,
    type_code text COLLATE "C" NOT NULL,
    series text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, issuer, type_code, series, last)
);
COMMENT ON TABLE folio_mark IS 'up to this one, the folios of its range were given out before a loss';

CREATE TABLE folio_promise (
    tenant_id integer NOT NULL,
    folio bigint NOT NULL CHECK (folio > 0),
    issued_at timestamptz NOT NULL,
    total numeric NOT NULL,
    issuer text COLLATE "C" NOT NULL,
    type_code text COLLATE "C" NOT NULL,
    series text COLLATE "C" NOT NULL,
    bearer text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, issuer, type_code, series, folio)
);
CREATE INDEX folio_promise_bearer ON folio_promise (tenant_id, bearer);
COMMENT ON TABLE folio_promise IS
    'documents that were on their way before a loss: whoever had the folio has it again';
COMMENT ON COLUMN folio_promise.bearer IS 'the order''s key; of a document without one, its instance';
COMMENT ON COLUMN folio_promise.issued_at IS 'the moment that it bears: made anew, it is the same bytes';

GRANT SELECT, INSERT ON folio_mark, folio_promise TO mtd_engine;
GRANT SELECT ON folio_mark, folio_promise TO mtd_door;

ALTER TABLE folio_mark ENABLE ROW LEVEL SECURITY;
ALTER TABLE folio_mark FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON folio_mark TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON folio_mark TO mtd_engine USING (true);

ALTER TABLE folio_promise ENABLE ROW LEVEL SECURITY;
ALTER TABLE folio_promise FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON folio_promise TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON folio_promise TO mtd_engine USING (true);
