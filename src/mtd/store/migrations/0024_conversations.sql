-- A conversation that begins an instance is that instance's until it has what it awaits: the row
-- stays when the start is taken from the inbox, so that no message slips in between.

CREATE TABLE conversation (
    tenant_id integer NOT NULL,
    instance_id uuid NOT NULL,
    process text COLLATE "C" NOT NULL CHECK (process <> ''),
    key text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, process, key),
    UNIQUE (tenant_id, instance_id)
);
COMMENT ON TABLE conversation IS
    'of an instance begun by one message of several: the others begin none while it awaits them';

INSERT INTO conversation (tenant_id, instance_id, process, key)
SELECT tenant_id, instance_id, regexp_replace(definition, '@[0-9]+$', ''), key
FROM inbox WHERE gathers
ON CONFLICT DO NOTHING;

DROP INDEX inbox_gathering;
ALTER TABLE inbox DROP COLUMN gathers;

GRANT SELECT, INSERT ON conversation TO mtd_engine, mtd_door;
GRANT DELETE ON conversation TO mtd_engine;

ALTER TABLE conversation ENABLE ROW LEVEL SECURITY;
ALTER TABLE conversation FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON conversation TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
CREATE POLICY all_tenants ON conversation TO mtd_engine USING (true);
