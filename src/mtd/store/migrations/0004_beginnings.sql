-- What begins instances by itself: timers, messages and signals that start events name; and what
-- was tried for a message that nobody took.

CREATE TABLE schedule (
    tenant_id integer NOT NULL,
    version integer NOT NULL,
    times_left integer,
    next_at timestamptz,
    last_at timestamptz,
    paused_at timestamptz,
    name text COLLATE "C" NOT NULL,
    element text COLLATE "C" NOT NULL,
    label text NOT NULL,
    missed text COLLATE "C" NOT NULL CHECK (missed IN ('one', 'all', 'none')),
    paused_by text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, name, element)
);
COMMENT ON TABLE schedule IS 'timer starts of the latest version of each definition';
COMMENT ON COLUMN schedule.next_at IS 'null: it is over';
COMMENT ON COLUMN schedule.times_left IS 'firings after the next; null: without end';

CREATE TABLE starter (
    tenant_id integer NOT NULL,
    version integer NOT NULL,
    is_signal boolean NOT NULL,
    event text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    element text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, event, is_signal, name, element)
);
COMMENT ON TABLE starter IS 'messages and signals that start the latest version of a definition';

ALTER TABLE inbox ADD COLUMN element text COLLATE "C";
COMMENT ON COLUMN inbox.element IS 'of a start by a message or signal: its start event; body is its payload';

ALTER TABLE undelivered ADD COLUMN source text COLLATE "C";
ALTER TABLE undelivered ADD COLUMN message_id text COLLATE "C";
ALTER TABLE undelivered ADD COLUMN tried text;
COMMENT ON COLUMN undelivered.tried IS 'JSON: who awaited this name then, and under which key';

GRANT SELECT ON schedule, starter TO mtd_engine;
GRANT SELECT, INSERT, UPDATE, DELETE ON schedule, starter TO mtd_door;
GRANT SELECT ON seen TO mtd_engine;

ALTER TABLE schedule ENABLE ROW LEVEL SECURITY;
ALTER TABLE schedule FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON schedule TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON schedule TO mtd_engine USING (true);

ALTER TABLE starter ENABLE ROW LEVEL SECURITY;
ALTER TABLE starter FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON starter TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON starter TO mtd_engine USING (true);

CREATE POLICY all_tenants ON seen TO mtd_engine USING (true);
