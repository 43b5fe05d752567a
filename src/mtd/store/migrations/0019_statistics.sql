-- Statistics: what a reader of the journal counts by hour and day, how far it has come, and where
-- tokens and open orders stand at this moment.

CREATE TABLE order_tally (
    tenant_id integer NOT NULL,
    n integer NOT NULL,
    since timestamptz NOT NULL,
    grain text COLLATE "C" NOT NULL CHECK (grain IN ('hour', 'day')),
    country text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    document text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    definition text COLLATE "C" NOT NULL,
    amount numeric NOT NULL,
    buckets smallint[] NOT NULL,
    counts integer[] NOT NULL,
    PRIMARY KEY (
        tenant_id, grain, state, since, store, channel, country, document, currency, definition
    )
) WITH (fillfactor = 70);
COMMENT ON TABLE order_tally IS 'entries of orders into a state; EXCEPTION: incidents of orders';
COMMENT ON COLUMN order_tally.buckets IS
    'with counts, how long after they were received: a histogram by powers (runtime/counts/sketch)';

CREATE TABLE step_tally (
    tenant_id integer NOT NULL,
    visits integer NOT NULL,
    leaves integer NOT NULL,
    attempts integer NOT NULL,
    refusals integer NOT NULL,
    failures integer NOT NULL,
    incidents integer NOT NULL,
    overdue integer NOT NULL,
    since timestamptz NOT NULL,
    grain text COLLATE "C" NOT NULL CHECK (grain IN ('hour', 'day')),
    definition text COLLATE "C" NOT NULL,
    element text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    rest_buckets smallint[] NOT NULL,
    rest_counts integer[] NOT NULL,
    took_buckets smallint[] NOT NULL,
    took_counts integer[] NOT NULL,
    PRIMARY KEY (tenant_id, grain, since, definition, element, store)
) WITH (fillfactor = 50);
COMMENT ON COLUMN step_tally.store IS 'empty: of an instance that is no order';
COMMENT ON COLUMN step_tally.overdue IS 'tokens that left after the task of theirs was due';
COMMENT ON COLUMN step_tally.rest_buckets IS 'with rest_counts, how long tokens stood there';
COMMENT ON COLUMN step_tally.took_buckets IS 'with took_counts, how long attempts took';

CREATE TABLE promise_tally (
    tenant_id integer NOT NULL,
    kept integer NOT NULL,
    missed integer NOT NULL,
    dropped integer NOT NULL,
    since timestamptz NOT NULL,
    grain text COLLATE "C" NOT NULL CHECK (grain IN ('hour', 'day')),
    country text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    carrier text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, grain, since, store, channel, country, carrier)
) WITH (fillfactor = 70);
COMMENT ON TABLE promise_tally IS 'promises of dispatch by when they were due, once it is known';
COMMENT ON COLUMN promise_tally.dropped IS 'the order was cancelled, or ended, before';

CREATE TABLE open_order (
    tenant_id integer NOT NULL,
    awaited boolean NOT NULL,
    received_at timestamptz NOT NULL,
    promised_at timestamptz,
    order_id uuid NOT NULL,
    country text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    carrier text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, order_id)
) WITH (fillfactor = 70);
CREATE INDEX open_order_state ON open_order (tenant_id, state, order_id);
CREATE INDEX open_order_promise ON open_order (tenant_id, promised_at, order_id) WHERE awaited;
COMMENT ON TABLE open_order IS 'orders that are not over, found without looking through those that are';
COMMENT ON COLUMN open_order.awaited IS
    'it is not known yet whether the promise of its dispatch is kept';
COMMENT ON COLUMN open_order.state IS 'as it was when the order''s last row was counted';

CREATE TABLE resting (
    tenant_id integer NOT NULL,
    token integer NOT NULL,
    since timestamptz NOT NULL,
    due_at timestamptz,
    instance_id uuid NOT NULL,
    definition text COLLATE "C" NOT NULL,
    element text COLLATE "C" NOT NULL,
    store text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, instance_id, token)
);
CREATE INDEX resting_element ON resting (tenant_id, definition, element);
COMMENT ON TABLE resting IS 'where each token of each running instance stands';

CREATE TABLE element_service (
    tenant_id integer NOT NULL,
    definition text COLLATE "C" NOT NULL,
    element text COLLATE "C" NOT NULL,
    service text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, definition, element)
);
COMMENT ON TABLE element_service IS 'what an element calls: `legacy.operation`';

CREATE TABLE counted (
    tenant_id integer NOT NULL,
    seq integer NOT NULL,
    ended_at timestamptz,
    instance_id uuid NOT NULL,
    definition text COLLATE "C" NOT NULL,
    carrier text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, instance_id)
) WITH (fillfactor = 70);
CREATE INDEX counted_ended ON counted (ended_at) WHERE ended_at IS NOT NULL;
COMMENT ON TABLE counted IS
    'the last journal row of an instance that was counted; forgotten a while after its end';
COMMENT ON COLUMN counted.definition IS 'that it followed at that row';

CREATE TABLE counter_position (
    worker uuid PRIMARY KEY,
    n bigint NOT NULL
) WITH (fillfactor = 70);
COMMENT ON TABLE counter_position IS 'the last turn of each worker that was counted';

CREATE TABLE counter (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    read_at timestamptz
) WITH (fillfactor = 50);
INSERT INTO counter DEFAULT VALUES;
COMMENT ON TABLE counter IS 'who counts locks it; read_at: all of before it is counted; null: nothing is';

-- The orders of one store, newest first, however few they are among the others'.
CREATE INDEX purchase_order_store ON purchase_order (tenant_id, store, id);

-- The definition that an instance followed before it migrated is in the row of that alone.
CREATE INDEX journal_migrated ON journal (tenant_id, instance_id, seq) WHERE kind = 'migrated';

GRANT SELECT, INSERT, UPDATE, DELETE ON order_tally, step_tally, promise_tally, open_order, resting,
    element_service, counted, counter_position TO mtd_engine;
GRANT SELECT, UPDATE ON counter TO mtd_engine;
GRANT SELECT ON order_tally, step_tally, promise_tally, open_order, resting, element_service, counted,
    counter TO mtd_door;

-- Whoever sees orders sees their figures; the owner is walled off from roles, but for this.
ALTER TABLE role NO FORCE ROW LEVEL SECURITY;
UPDATE role SET permissions = permissions || ' statistics.see'
WHERE ' ' || permissions || ' ' LIKE '% orders.see %';
ALTER TABLE role FORCE ROW LEVEL SECURITY;

ALTER TABLE order_tally ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_tally FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON order_tally TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON order_tally TO mtd_engine USING (true);

ALTER TABLE step_tally ENABLE ROW LEVEL SECURITY;
ALTER TABLE step_tally FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON step_tally TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON step_tally TO mtd_engine USING (true);

ALTER TABLE promise_tally ENABLE ROW LEVEL SECURITY;
ALTER TABLE promise_tally FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON promise_tally TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON promise_tally TO mtd_engine USING (true);

ALTER TABLE open_order ENABLE ROW LEVEL SECURITY;
ALTER TABLE open_order FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON open_order TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON open_order TO mtd_engine USING (true);

ALTER TABLE resting ENABLE ROW LEVEL SECURITY;
ALTER TABLE resting FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON resting TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON resting TO mtd_engine USING (true);

ALTER TABLE element_service ENABLE ROW LEVEL SECURITY;
ALTER TABLE element_service FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON element_service TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON element_service TO mtd_engine USING (true);

ALTER TABLE counted ENABLE ROW LEVEL SECURITY;
ALTER TABLE counted FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON counted TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON counted TO mtd_engine USING (true);
