-- Breakers: which of them are not closed in which worker, and people's word that closes one.

CREATE TABLE breaker (
    worker uuid NOT NULL,
    failures integer NOT NULL,
    since timestamptz NOT NULL,
    legacy text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL CHECK (state IN ('open', 'half_open')),
    PRIMARY KEY (worker, legacy)
) WITH (fillfactor = 50);
COMMENT ON TABLE breaker IS 'what each worker says of itself; whoever has no row here is closed';
COMMENT ON COLUMN breaker.since IS 'when it opened; a probe that failed does not count';

CREATE TABLE breaker_closing (
    tenant_id integer NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    legacy text COLLATE "C" NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    PRIMARY KEY (tenant_id, legacy, at)
);
CREATE INDEX breaker_closing_at ON breaker_closing (at);
COMMENT ON TABLE breaker_closing IS 'somebody had a breaker closed: each worker does so that sees it';

GRANT SELECT, INSERT, UPDATE, DELETE ON breaker TO mtd_engine;
GRANT SELECT ON breaker_closing TO mtd_engine;
GRANT SELECT ON breaker TO mtd_door;
GRANT SELECT, INSERT ON breaker_closing TO mtd_door;

ALTER TABLE breaker_closing ENABLE ROW LEVEL SECURITY;
ALTER TABLE breaker_closing FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON breaker_closing TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON breaker_closing TO mtd_engine USING (true);
