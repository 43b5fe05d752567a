-- name: people.add
-- A new account; who has this login keeps it.
INSERT INTO account (tenant_id, id, login, name, secret, roles, stores, one_time_until, vouched)
VALUES (:tenant, :id, :login, :name, :secret, :roles, :stores, :one_time_until, :vouched)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: people.by_login
-- The account of a login, disabled or not.
SELECT
    id::text, login, name, secret, roles, stores, created_at, disabled_at, one_time_until, vouched
FROM account WHERE tenant_id = :tenant AND login = :login;

-- name: people.by_voucher
-- The account that an issuer vouches for by this subject.
SELECT
    id::text, login, name, secret, roles, stores, created_at, disabled_at, one_time_until, vouched
FROM account WHERE tenant_id = :tenant AND vouched = :vouched;

-- name: people.listing
-- All accounts, by login.
SELECT
    id::text, login, name, secret, roles, stores, created_at, disabled_at, one_time_until, vouched
FROM account WHERE tenant_id = :tenant ORDER BY login LIMIT :page;

-- name: people.change
-- Roles, stores and name of an account.
UPDATE account SET name = :name, roles = :roles, stores = :stores
WHERE tenant_id = :tenant AND id = :id
RETURNING id;

-- name: people.secret
-- Another password; until a time where it is to open once.
UPDATE account SET secret = :secret, one_time_until = :one_time_until
WHERE tenant_id = :tenant AND id = :id
RETURNING id;

-- name: people.hold
-- Until the transaction ends, nobody else changes who may do what.
SELECT name FROM role WHERE tenant_id = :tenant ORDER BY name FOR UPDATE;

-- name: people.holders
-- How many accounts open, see every store, and have a role that allows this.
SELECT count(*) FROM account a
WHERE a.tenant_id = :tenant AND a.disabled_at IS NULL AND a.stores IS NULL
    AND (a.secret <> '' OR a.vouched IS NOT NULL)
    AND EXISTS (
        SELECT FROM role r
        WHERE r.tenant_id = :tenant AND r.name = ANY(string_to_array(a.roles, ' '))
            AND :permission = ANY(string_to_array(r.permissions, ' '))
    );

-- name: people.put_role
-- What a role allows, from now on.
INSERT INTO role (tenant_id, name, permissions) VALUES (:tenant, :name, :permissions)
ON CONFLICT (tenant_id, name) DO UPDATE SET permissions = excluded.permissions;

-- name: people.drop_role
-- The role is no more.
DELETE FROM role WHERE tenant_id = :tenant AND name = :name RETURNING name;

-- name: people.sessions
-- Sessions of an account that are open, the last one seen first.
SELECT token_hash, began_at, seen_at, origin, agent FROM portal_session
WHERE tenant_id = :tenant AND account_id = :account AND ended_at IS NULL
    AND seen_at > now() - make_interval(secs => :idle_s)
    AND began_at > now() - make_interval(secs => :absolute_s)
ORDER BY seen_at DESC LIMIT :page;

-- name: people.seen
-- When each account was last active, and how many of its sessions are open.
SELECT
    account_id::text AS account, max(seen_at) AS seen_at,
    count(*) FILTER (
        WHERE ended_at IS NULL AND seen_at > now() - make_interval(secs => :idle_s)
            AND began_at > now() - make_interval(secs => :absolute_s)
    ) AS open
FROM portal_session WHERE tenant_id = :tenant GROUP BY account_id;

-- name: people.disable
-- The account opens nothing from now on.
UPDATE account SET disabled_at = now()
WHERE tenant_id = :tenant AND id = :id AND disabled_at IS NULL
RETURNING id;

-- name: people.enable
-- The account opens again what it did.
UPDATE account SET disabled_at = NULL
WHERE tenant_id = :tenant AND id = :id AND disabled_at IS NOT NULL
RETURNING id;

-- name: people.roles
-- Every role, with what it allows.
SELECT name, permissions FROM role WHERE tenant_id = :tenant ORDER BY name;

-- name: people.failed
-- A sign-in that failed.
INSERT INTO sign_in_failure (tenant_id, id, login, origin) VALUES (:tenant, :id, :login, :origin);

-- name: people.failures
-- How many sign-ins failed lately, of this login and from this origin.
SELECT
    (
        SELECT count(*) FROM sign_in_failure
        WHERE tenant_id = :tenant AND login = :login AND at > now() - make_interval(secs => :window_s)
    ) AS of_login,
    (
        SELECT count(*) FROM sign_in_failure
        WHERE tenant_id = :tenant AND origin = :origin AND at > now() - make_interval(secs => :window_s)
    ) AS of_origin;

-- name: people.forgive
-- The failures of a login that is now signed in, and all that are too old to count.
DELETE FROM sign_in_failure
WHERE tenant_id = :tenant
    AND (login = :login OR at <= now() - make_interval(secs => :window_s));

-- name: people.begin
-- A new session.
INSERT INTO portal_session (tenant_id, token_hash, account_id, origin, agent)
VALUES (:tenant, :token_hash, :account, :origin, :agent);

-- name: people.session
-- Whose session it is, if it has neither ended nor lain idle nor lasted too long.
SELECT
    a.id::text, a.login, a.name, a.roles, a.stores, s.began_at, s.seen_at,
    s.seen_at < now() - make_interval(secs => :touch_s) AS stale,
    a.one_time_until IS NOT NULL AS renew,
    (
        SELECT coalesce(string_agg(r.permissions, ' '), '') FROM role r
        WHERE r.tenant_id = :tenant AND r.name = ANY(string_to_array(a.roles, ' '))
    ) AS permissions,
    (
        SELECT max(b.seen_at) FROM portal_session b
        WHERE b.tenant_id = :tenant AND b.account_id = s.account_id AND b.began_at < s.began_at
    ) AS before
FROM portal_session s
JOIN account a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
WHERE s.tenant_id = :tenant AND s.token_hash = :token_hash AND s.ended_at IS NULL
    AND a.disabled_at IS NULL
    AND s.seen_at > now() - make_interval(secs => :idle_s)
    AND s.began_at > now() - make_interval(secs => :absolute_s);

-- name: people.touch
-- The session is in use.
UPDATE portal_session SET seen_at = now()
WHERE tenant_id = :tenant AND token_hash = :token_hash AND ended_at IS NULL;

-- name: people.end
-- The session is over.
UPDATE portal_session SET ended_at = now()
WHERE tenant_id = :tenant AND token_hash = :token_hash AND ended_at IS NULL;

-- name: people.end_all
-- Every session of an account is over, or the one of this token.
UPDATE portal_session SET ended_at = now()
WHERE tenant_id = :tenant AND account_id = :account AND ended_at IS NULL
    AND (:token_hash::bytea IS NULL OR token_hash = :token_hash)
RETURNING token_hash;
