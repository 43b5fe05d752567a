-- Tax documents that MTD issues itself: authorised ranges of folios with their sealed keys, the
-- blocks of them that workers hold, the documents, and the envelopes that they travel in.

CREATE TABLE folio_range (
    tenant_id integer NOT NULL,
    authorised_on date,
    expires_on date,
    first bigint NOT NULL CHECK (first > 0),
    last bigint NOT NULL CHECK (last >= first),
    next bigint NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now(),
    id uuid NOT NULL,
    issuer text COLLATE "C" NOT NULL CHECK (issuer <> ''),
    type_code text COLLATE "C" NOT NULL CHECK (type_code <> ''),
    series text COLLATE "C" NOT NULL DEFAULT '',
    environment text COLLATE "C" NOT NULL,
    imported_by text NOT NULL,
    authorisation text NOT NULL,
    sealed_key bytea,
    PRIMARY KEY (tenant_id, issuer, type_code, series, first),
    CONSTRAINT folio_range_next CHECK (next BETWEEN first AND last + 1)
) WITH (fillfactor = 70);
COMMENT ON COLUMN folio_range.next IS 'the first folio that no block was ever made of';
COMMENT ON COLUMN folio_range.expires_on IS 'the first day on which it may not be used; null: never';
COMMENT ON COLUMN folio_range.authorisation IS
    'what the authority wrote, without its secret; of a series of one''s own, empty';
COMMENT ON COLUMN folio_range.sealed_key IS 'the private key of its stamps, opened by the vault alone';

CREATE TABLE folio_block (
    tenant_id integer NOT NULL,
    recalled boolean NOT NULL DEFAULT false,
    first bigint NOT NULL,
    last bigint NOT NULL CHECK (last >= first),
    range_first bigint NOT NULL,
    worker uuid,
    issuer text COLLATE "C" NOT NULL,
    type_code text COLLATE "C" NOT NULL,
    series text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, issuer, type_code, series, first)
) WITH (fillfactor = 70);
CREATE INDEX folio_block_worker ON folio_block (worker) WHERE worker IS NOT NULL;
COMMENT ON COLUMN folio_block.worker IS
    'who takes folios of it; null: handed back, and to be used before new ones are';
COMMENT ON COLUMN folio_block.recalled IS 'another worker lacks folios: hand back what is not used';

CREATE TABLE folio_gap (
    tenant_id integer NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL CHECK (last >= first),
    at timestamptz NOT NULL DEFAULT now(),
    issuer text COLLATE "C" NOT NULL,
    type_code text COLLATE "C" NOT NULL,
    series text COLLATE "C" NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    actor text NOT NULL CHECK (actor <> ''),
    PRIMARY KEY (tenant_id, issuer, type_code, series, first)
);
COMMENT ON TABLE folio_gap IS 'folios that no document will ever have, and why';

CREATE TABLE tax_document (
    tenant_id integer NOT NULL,
    folio bigint NOT NULL,
    issued_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    handed_at timestamptz,
    instance_id uuid NOT NULL,
    envelope_id uuid,
    refers_folio bigint,
    total numeric NOT NULL,
    credited numeric NOT NULL DEFAULT 0,
    issuer text COLLATE "C" NOT NULL,
    type_code text COLLATE "C" NOT NULL,
    series text COLLATE "C" NOT NULL,
    effect text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    codes text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    refers_type text COLLATE "C",
    refers_series text COLLATE "C" NOT NULL DEFAULT '',
    hash bytea,
    PRIMARY KEY (tenant_id, issuer, type_code, series, folio),
    CONSTRAINT tax_document_credit CHECK (credited BETWEEN 0 AND total),
    CONSTRAINT tax_document_state CHECK (state IN (
        'DRAFT', 'FOLIO_ASSIGNED', 'SIGNED', 'SENT', 'ACCEPTED', 'ACCEPTED_WITH_OBJECTIONS',
        'REJECTED', 'VOIDED', 'CANCELLED_BY_CREDIT_NOTE'
    ))
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX tax_document_effect ON tax_document (tenant_id, instance_id, effect);
CREATE INDEX tax_document_to_send ON tax_document (tenant_id, issuer, handed_at)
    WHERE state = 'SIGNED' AND handed_at IS NOT NULL AND envelope_id IS NULL;
CREATE INDEX tax_document_envelope ON tax_document (tenant_id, envelope_id)
    WHERE envelope_id IS NOT NULL;
COMMENT ON COLUMN tax_document.instance_id IS 'whose it is for ever; of an order, its id';
COMMENT ON COLUMN tax_document.effect IS 'element:visit of the step that took the folio';
COMMENT ON COLUMN tax_document.issued_at IS 'the moment that the document bears';
COMMENT ON COLUMN tax_document.handed_at IS 'when it was given to the post office; null: not yet';
COMMENT ON COLUMN tax_document.envelope_id IS 'the envelope that it was last put into';
COMMENT ON COLUMN tax_document.credited IS 'what notes that were not voided took back of it';
COMMENT ON COLUMN tax_document.refers_folio IS 'of a credit note: the document that it credits';
COMMENT ON COLUMN tax_document.codes IS 'what the authority answered, most telling first';
COMMENT ON COLUMN tax_document.hash IS 'SHA-256 of the signed bytes, which are a kept_document';

CREATE TABLE envelope (
    tenant_id integer NOT NULL,
    documents integer NOT NULL CHECK (documents > 0),
    attempts integer NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    due_at timestamptz NOT NULL DEFAULT now(),
    id uuid NOT NULL,
    issuer text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL CHECK (channel IN ('dte', 'boleta')),
    state text COLLATE "C" NOT NULL CHECK (state IN ('MADE', 'UNKNOWN', 'SENT', 'CLOSED')),
    track_id text COLLATE "C" NOT NULL DEFAULT '',
    codes text NOT NULL DEFAULT '',
    hash bytea NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 50);
ALTER TABLE envelope ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX envelope_open ON envelope (tenant_id, issuer, due_at) WHERE state <> 'CLOSED';
COMMENT ON COLUMN envelope.due_at IS 'when the post office is to look at it next';
COMMENT ON COLUMN envelope.sealed IS 'the signed bytes, stored before they are sent';
COMMENT ON COLUMN envelope.hash IS 'SHA-256 of the signed bytes';

CREATE TABLE envelope_member (
    tenant_id integer NOT NULL,
    n integer NOT NULL,
    folio bigint NOT NULL,
    envelope_id uuid NOT NULL,
    type_code text COLLATE "C" NOT NULL,
    series text COLLATE "C" NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (tenant_id, envelope_id, n)
);
COMMENT ON TABLE envelope_member IS 'what was in it, in order; a corrected document is in several';

CREATE TABLE envelope_answer (
    tenant_id integer NOT NULL,
    n integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    envelope_id uuid NOT NULL,
    operation text COLLATE "C" NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (tenant_id, envelope_id, n)
);
COMMENT ON TABLE envelope_answer IS 'everything that the authority said of it';

CREATE TABLE signing_certificate (
    tenant_id integer NOT NULL,
    not_before timestamptz NOT NULL,
    not_after timestamptz NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now(),
    id uuid NOT NULL,
    issuer text COLLATE "C" NOT NULL,
    holder text COLLATE "C" NOT NULL,
    imported_by text NOT NULL,
    fingerprint bytea NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (tenant_id, issuer, fingerprint)
);
COMMENT ON COLUMN signing_certificate.sealed IS 'key and certificate, opened by the vault alone';

GRANT SELECT ON folio_range, folio_block, folio_gap, tax_document, envelope, envelope_member,
    envelope_answer, signing_certificate TO mtd_engine, mtd_door;
GRANT INSERT ON kept_document TO mtd_engine;
GRANT INSERT ON folio_block, folio_gap, tax_document, envelope, envelope_member, envelope_answer
    TO mtd_engine;
GRANT UPDATE (next) ON folio_range TO mtd_engine;
GRANT UPDATE ON folio_block, tax_document, envelope TO mtd_engine;
GRANT DELETE ON folio_block TO mtd_engine;
GRANT INSERT ON folio_range, folio_gap, signing_certificate TO mtd_door;
GRANT UPDATE ON tax_document TO mtd_door;
GRANT UPDATE (next) ON folio_range TO mtd_door;
GRANT DELETE ON folio_block TO mtd_door;

ALTER TABLE folio_range ENABLE ROW LEVEL SECURITY;
ALTER TABLE folio_range FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON folio_range TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON folio_range TO mtd_engine USING (true);

ALTER TABLE folio_block ENABLE ROW LEVEL SECURITY;
ALTER TABLE folio_block FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON folio_block TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON folio_block TO mtd_engine USING (true);

ALTER TABLE folio_gap ENABLE ROW LEVEL SECURITY;
ALTER TABLE folio_gap FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON folio_gap TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON folio_gap TO mtd_engine USING (true);

ALTER TABLE tax_document ENABLE ROW LEVEL SECURITY;
ALTER TABLE tax_document FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON tax_document TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON tax_document TO mtd_engine USING (true);

ALTER TABLE envelope ENABLE ROW LEVEL SECURITY;
ALTER TABLE envelope FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON envelope TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON envelope TO mtd_engine USING (true);

ALTER TABLE envelope_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE envelope_member FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON envelope_member TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON envelope_member TO mtd_engine USING (true);

ALTER TABLE envelope_answer ENABLE ROW LEVEL SECURITY;
ALTER TABLE envelope_answer FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON envelope_answer TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON envelope_answer TO mtd_engine USING (true);

ALTER TABLE signing_certificate ENABLE ROW LEVEL SECURITY;
ALTER TABLE signing_certificate FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON signing_certificate TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON signing_certificate TO mtd_engine USING (true);
