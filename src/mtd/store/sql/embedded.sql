-- name: embedded.has_role
-- Whether MTD's own login exists in this cluster.
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mtd');

-- name: embedded.create_role
-- MTD's login: no superuser, what an owner has on any managed server.
CREATE ROLE mtd LOGIN CREATEDB CREATEROLE IN ROLE pg_signal_backend, pg_monitor;

-- name: embedded.has_database
-- Whether MTD's database exists in this cluster.
SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'mtd');

-- name: embedded.create_database
-- MTD's database, owned by its login.
CREATE DATABASE mtd OWNER mtd;
