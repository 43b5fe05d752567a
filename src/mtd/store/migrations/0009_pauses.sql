-- What people have paused, for as long as they say; and which instances wait for that.

CREATE TABLE pause (
    tenant_id integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    lifted_at timestamptz,
    id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('step', 'store', 'channel', 'counterpart')),
    process text COLLATE "C" NOT NULL DEFAULT '',
    name text COLLATE "C" NOT NULL CHECK (name <> ''),
    label text NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    lifted_by text,
    lifted_why text,
    PRIMARY KEY (tenant_id, id)
);
COMMENT ON TABLE pause IS 'never deleted: it is also the record of who paused and resumed what';
COMMENT ON COLUMN pause.process IS 'of a step: the definition''s name';
COMMENT ON COLUMN pause.name IS 'of a step: the element''s id; else the store, channel or legacy system';
CREATE UNIQUE INDEX pause_open ON pause (tenant_id, kind, process, name) WHERE lifted_at IS NULL;

ALTER TABLE instance ADD COLUMN held_by uuid;
COMMENT ON COLUMN instance.held_by IS 'the pause for whose end it waits';
CREATE INDEX instance_held ON instance (slot, held_by) WHERE held_by IS NOT NULL;

GRANT SELECT ON pause TO mtd_engine, mtd_door;
GRANT INSERT ON pause TO mtd_door;
GRANT UPDATE (lifted_at, lifted_by, lifted_why) ON pause TO mtd_door;

ALTER TABLE pause ENABLE ROW LEVEL SECURITY;
ALTER TABLE pause FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON pause TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON pause TO mtd_engine USING (true);
