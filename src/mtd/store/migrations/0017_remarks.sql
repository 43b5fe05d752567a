-- What people remark about orders, and who asks that a waiting file be given up: another agrees.

CREATE TABLE remark (
    tenant_id integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    author text NOT NULL CHECK (author <> ''),
    words text NOT NULL CHECK (words <> ''),
    PRIMARY KEY (tenant_id, order_id, id)
);

CREATE TABLE discard_request (
    tenant_id integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    file_id uuid NOT NULL,
    id uuid NOT NULL,
    asked_by text NOT NULL CHECK (asked_by <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    settled_by text,
    agreed boolean,
    PRIMARY KEY (tenant_id, id),
    CHECK (settled_by IS DISTINCT FROM asked_by OR NOT agreed)
);
COMMENT ON TABLE discard_request IS 'who asks and who agrees are two';
CREATE UNIQUE INDEX discard_request_open ON discard_request (tenant_id, file_id)
    WHERE settled_at IS NULL;

GRANT SELECT, INSERT ON remark, discard_request TO mtd_door;
GRANT UPDATE (settled_at, settled_by, agreed) ON discard_request TO mtd_door;

ALTER TABLE remark ENABLE ROW LEVEL SECURITY;
ALTER TABLE remark FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON remark TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);

ALTER TABLE discard_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE discard_request FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON discard_request TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
