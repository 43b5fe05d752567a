-- Attempts that failed or were refused: which calls the counts of them are made of.

CREATE TABLE failed_attempt (
    tenant_id integer NOT NULL,
    seq integer NOT NULL,
    at timestamptz NOT NULL,
    instance_id uuid NOT NULL,
    outcome text COLLATE "C" NOT NULL CHECK (outcome <> 'done'),
    definition text COLLATE "C" NOT NULL,
    element text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, instance_id, seq)
);
COMMENT ON TABLE failed_attempt IS
    'rows of the journal by which attempts ended otherwise than well; step_tally has their sums';
COMMENT ON COLUMN failed_attempt.definition IS 'that the element is drawn in';
COMMENT ON COLUMN failed_attempt.store IS 'empty: of an instance that is no order';

CREATE INDEX failed_attempt_at ON failed_attempt (tenant_id, at, instance_id, seq)
    INCLUDE (definition, element, store, outcome);

GRANT SELECT, INSERT, UPDATE, DELETE ON failed_attempt TO mtd_engine;
GRANT SELECT ON failed_attempt TO mtd_door;

ALTER TABLE failed_attempt ENABLE ROW LEVEL SECURITY;
ALTER TABLE failed_attempt FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON failed_attempt TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON failed_attempt TO mtd_engine USING (true);

-- What was counted before has no such rows: the reader counts everything anew, as on a new database.
UPDATE counter SET read_at = NULL;
