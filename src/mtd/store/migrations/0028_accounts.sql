-- Accounts that a provider of identities vouches for, words that open an account once, and what
-- the audit is searched by.

ALTER TABLE account ADD COLUMN one_time_until timestamptz;
ALTER TABLE account ADD COLUMN vouched text COLLATE "C";
COMMENT ON COLUMN account.one_time_until IS 'until when the password opens, to choose another; null: it is theirs';
COMMENT ON COLUMN account.vouched IS 'issuer and subject of who vouches for it (OpenID Connect); null: nobody';
CREATE UNIQUE INDEX account_vouched ON account (tenant_id, vouched) WHERE vouched IS NOT NULL;

CREATE INDEX audit_entry_actor ON audit_entry (tenant_id, actor, id);
CREATE INDEX audit_entry_action ON audit_entry (tenant_id, action, id);

-- Its owner sees no row of a table that is walled on its owner too.
ALTER TABLE role NO FORCE ROW LEVEL SECURITY;
UPDATE role SET permissions = permissions || ' clients.manage system.see'
WHERE name = 'administrator';
ALTER TABLE role FORCE ROW LEVEL SECURITY;
