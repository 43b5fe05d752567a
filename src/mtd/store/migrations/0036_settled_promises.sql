-- Settled promises: which orders the counts of kept, missed and dropped promises are made of.

CREATE TABLE settled_promise (
    tenant_id integer NOT NULL,
    due_at timestamptz NOT NULL,
    order_id uuid NOT NULL,
    became text COLLATE "C" NOT NULL CHECK (became IN ('kept', 'missed', 'dropped')),
    store text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    carrier text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, order_id)
);
COMMENT ON TABLE settled_promise IS
    'promises of dispatch of which it is known what became of them; promise_tally has their sums';

-- A list goes by when they were due: a page of it is read off the index alone, whatever the span.
CREATE INDEX settled_promise_due ON settled_promise (tenant_id, became, due_at, order_id)
    INCLUDE (store, channel, carrier);

GRANT SELECT, INSERT, UPDATE, DELETE ON settled_promise TO mtd_engine;
GRANT SELECT ON settled_promise TO mtd_door;

ALTER TABLE settled_promise ENABLE ROW LEVEL SECURITY;
ALTER TABLE settled_promise FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON settled_promise TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON settled_promise TO mtd_engine USING (true);

-- What was counted before has no such rows: the reader counts everything anew, as on a new database.
UPDATE counter SET read_at = NULL;
