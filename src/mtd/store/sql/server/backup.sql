-- name: backup.reader
-- A role of this login that sees every row whatever the policies say: else a backup lacks some.
SELECT rolname FROM pg_roles
WHERE rolname IN (current_user, 'mtd_backup')
    AND (rolsuper OR rolbypassrls)
    AND pg_has_role(oid, CASE WHEN current_setting('server_version_num')::integer >= 160000
        THEN 'SET' ELSE 'MEMBER' END)
ORDER BY rolname = current_user DESC
LIMIT 1;

-- name: backup.missing_roles
-- The statements that make those of the roles which this cluster lacks, usable by this login.
SELECT format('CREATE ROLE %1$I NOLOGIN; GRANT %1$I TO %2$I', wanted, current_user)
FROM unnest(:roles::text[]) AS wanted
WHERE wanted NOT IN (SELECT rolname FROM pg_roles);

-- name: backup.names
-- This database, the one a backup is restored into, and what this one is called afterwards.
SELECT current_database() AS present,
    current_database() || '_restoring' AS draft,
    format('%s_before_%s', current_database(), to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD_HH24MISS'))
        AS past;

-- name: backup.make_draft
-- The statement that makes the database a backup is restored into.
SELECT format('CREATE DATABASE %I TEMPLATE template0', :draft::text);

-- name: backup.drop_draft
-- The statement that drops what a restore left that did not come to its end.
SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', :draft::text);

-- name: backup.close
-- The statement that lets nobody new into a database, or everybody again.
SELECT format('ALTER DATABASE %I ALLOW_CONNECTIONS %s', :database::text, :allowed::boolean::text);

-- name: backup.empty
-- End the sessions of a database.
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = :database;

-- name: backup.swap
-- The statements, of one transaction, that put the restored database in the present one's place.
SELECT format('ALTER DATABASE %I RENAME TO %I', :present::text, :past::text),
    format('ALTER DATABASE %I RENAME TO %I', :draft::text, :present::text);
