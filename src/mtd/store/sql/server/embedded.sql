-- name: embedded.has_role
-- Whether MTD's own login exists in this cluster.
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mtd');

-- name: embedded.create_role
-- MTD's login: no superuser, what an owner has on any managed server; and the role it takes to
-- read every row for a backup, which it does not have the rest of the time.
CREATE ROLE mtd LOGIN CREATEDB CREATEROLE IN ROLE pg_signal_backend, pg_monitor;
CREATE ROLE mtd_backup NOLOGIN BYPASSRLS IN ROLE pg_read_all_data;
GRANT mtd_backup TO mtd WITH INHERIT FALSE, SET TRUE;

-- name: embedded.has_database
-- Whether MTD's database exists in this cluster.
SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'mtd');

-- name: embedded.create_database
-- MTD's database, owned by its login.
CREATE DATABASE mtd OWNER mtd;
