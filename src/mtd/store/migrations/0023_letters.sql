-- Letters that took a tax document to its buyer, and what came back of any letter.

CREATE TABLE document_letter (
    tenant_id integer NOT NULL,
    enclosures smallint NOT NULL CHECK (enclosures >= 0),
    taken_at timestamptz NOT NULL DEFAULT now(),
    instance_id uuid NOT NULL,
    mail_id text COLLATE "C" NOT NULL CHECK (mail_id <> ''),
    document text COLLATE "C" NOT NULL CHECK (document <> ''),
    kind text COLLATE "C" NOT NULL,
    reference text COLLATE "C" NOT NULL DEFAULT '',
    refusal text NOT NULL DEFAULT '',
    recipient bytea NOT NULL,
    PRIMARY KEY (tenant_id, mail_id)
);
CREATE INDEX document_letter_of ON document_letter (tenant_id, instance_id);
COMMENT ON COLUMN document_letter.document IS 'type and folio, such as 39-1234';
COMMENT ON COLUMN document_letter.recipient IS 'blind: tells equal addresses, and no address';
COMMENT ON COLUMN document_letter.taken_at IS 'when the provider took it, or said that it never will';
COMMENT ON COLUMN document_letter.refusal IS 'what the provider said that never takes it; else empty';

CREATE TABLE mail_bounce (
    tenant_id integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    mail_id text COLLATE "C" NOT NULL CHECK (mail_id <> ''),
    reason text NOT NULL,
    PRIMARY KEY (tenant_id, mail_id)
);
COMMENT ON TABLE mail_bounce IS 'letters that were taken and came back; of any kind';

GRANT SELECT ON document_letter, mail_bounce TO mtd_engine, mtd_door;
GRANT INSERT ON document_letter TO mtd_engine;
GRANT INSERT ON mail_bounce TO mtd_door;

ALTER TABLE document_letter ENABLE ROW LEVEL SECURITY;
ALTER TABLE document_letter FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON document_letter TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON document_letter TO mtd_engine USING (true);

ALTER TABLE mail_bounce ENABLE ROW LEVEL SECURITY;
ALTER TABLE mail_bounce FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON mail_bounce TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON mail_bounce TO mtd_engine USING (true);
