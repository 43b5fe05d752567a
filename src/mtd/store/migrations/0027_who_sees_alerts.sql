-- Who sees alerts, works on them, and changes the rules: the table's owner is below its policies, too.

ALTER TABLE role NO FORCE ROW LEVEL SECURITY;
UPDATE role SET permissions = permissions || ' alerts.see alerts.work alerts.rules'
WHERE name IN ('supervisor', 'process_owner') AND permissions NOT LIKE '%alerts.see%';
UPDATE role SET permissions = permissions || ' alerts.see alerts.work'
WHERE name IN ('agent', 'tax_clerk', 'logistics_clerk') AND permissions NOT LIKE '%alerts.see%';
UPDATE role SET permissions = permissions || ' alerts.see'
WHERE name IN ('analyst', 'auditor', 'administrator') AND permissions NOT LIKE '%alerts.see%';
ALTER TABLE role FORCE ROW LEVEL SECURITY;
