-- Who supervises may pause steps, stores, channels and systems from the portal.

ALTER TABLE role NO FORCE ROW LEVEL SECURITY;
UPDATE role SET permissions = permissions || ' pauses.manage' WHERE name = 'supervisor';
ALTER TABLE role FORCE ROW LEVEL SECURITY;
