-- The daily report: whom it is mailed to, once a day each; and incidents by when they began.

CREATE TABLE daily_letter (
    tenant_id integer NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    day date NOT NULL,
    made_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    settled_at timestamptz,
    recipient text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'SENT', 'FAILED')),
    said text NOT NULL DEFAULT '',
    content bytea NOT NULL,
    PRIMARY KEY (tenant_id, day, recipient)
) WITH (fillfactor = 70);
COMMENT ON COLUMN daily_letter.day IS 'that is told of: each is told once to each recipient';
COMMENT ON COLUMN daily_letter.said IS 'what came of the last attempt';
COMMENT ON COLUMN daily_letter.content IS 'JSON: the figures as every attempt tells them';
CREATE INDEX daily_letter_due ON daily_letter (tenant_id, due_at) WHERE state = 'PENDING';

CREATE INDEX incident_at ON incident (tenant_id, at);

GRANT SELECT, INSERT, UPDATE ON daily_letter TO mtd_door;

ALTER TABLE daily_letter ENABLE ROW LEVEL SECURITY;
ALTER TABLE daily_letter FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON daily_letter TO mtd_door
    USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
