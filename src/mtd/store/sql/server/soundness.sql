-- name: soundness.doubts
-- What would break a promise: settings that lose commits, walls that are down, power too great.
SELECT format('%s is off: what was acknowledged may be lost', name) AS doubt
FROM pg_settings
WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off'
UNION ALL
SELECT format('table %s has no forced row-level security', c.relname)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
  AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
UNION ALL
SELECT format('role %s passes row-level security by', r.rolname)
FROM pg_roles r
WHERE r.rolname = current_user AND (r.rolsuper OR r.rolbypassrls)
UNION ALL
SELECT format('role %s owns table %s', current_user, c.relname)
FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
  AND pg_get_userbyid(c.relowner) = current_user;
