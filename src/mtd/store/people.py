"""People: accounts, roles and sessions of the portal, as the doors read and change them."""

from datetime import datetime

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

PAGE_MAX = 500

_SQL = statements("people")


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may sign in."""

    id: str
    login: str
    name: str
    secret: str
    """Argon2id, encoded; empty: no password opens it."""
    roles: str
    """Names apart by spaces."""
    stores: str | None
    """Whose orders they see, apart by spaces; None: all."""
    created_at: datetime
    disabled_at: datetime | None


class Seated(msgspec.Struct, frozen=True, kw_only=True):
    """A session that is open, and whose it is."""

    id: str
    """Of the account."""
    login: str
    name: str
    roles: str
    stores: str | None
    began_at: datetime
    seen_at: datetime
    stale: bool
    """It is time to note that it is in use."""
    permissions: str
    """Of all its roles, apart by spaces."""
    before: datetime | None
    """When the account was last active in an earlier session."""


class Failures(msgspec.Struct, frozen=True, kw_only=True):
    """How many sign-ins failed lately."""

    of_login: int
    of_origin: int


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long a session lives."""

    idle_s: float
    absolute_s: float
    touch_s: float
    """Its use is noted at most this often."""


async def add(
    connection: Connection,
    tenant: int,
    id_: str,
    *,
    login: str,
    name: str,
    secret: str,
    roles: str,
    stores: str | None,
) -> bool:
    """A new account; False: somebody has this login."""
    rows = await connection.fetch(
        *_SQL["add"](
            tenant=tenant, id=id_, login=login, name=name, secret=secret, roles=roles,
            stores=stores,
        )
    )  # fmt: skip
    return bool(rows)


async def by_login(connection: Connection, tenant: int, login: str) -> Account | None:
    """The account of a login, disabled or not."""
    rows = await connection.fetch(*_SQL["by_login"](tenant=tenant, login=login))
    return next(iter(structs(Account, rows)), None)


async def listing(connection: Connection, tenant: int) -> list[Account]:
    """All accounts, by login; at most PAGE_MAX."""
    rows = await connection.fetch(*_SQL["listing"](tenant=tenant, page=PAGE_MAX))
    return structs(Account, rows)


async def change(
    connection: Connection,
    tenant: int,
    id_: str,
    *,
    name: str,
    roles: str,
    stores: str | None,
    secret: str | None,
) -> bool:
    """Change an account; `secret` None leaves its password. False: there is none such."""
    rows = await connection.fetch(
        *_SQL["change"](tenant=tenant, id=id_, name=name, roles=roles, stores=stores, secret=secret)
    )
    return bool(rows)


async def disable(connection: Connection, tenant: int, id_: str) -> bool:
    """The account opens nothing any more, at once; False: it did not before."""
    return bool(await connection.fetch(*_SQL["disable"](tenant=tenant, id=id_)))


async def enable(connection: Connection, tenant: int, id_: str) -> bool:
    """The account opens again what it did; False: it was not disabled."""
    return bool(await connection.fetch(*_SQL["enable"](tenant=tenant, id=id_)))


async def roles(connection: Connection, tenant: int) -> dict[str, frozenset[str]]:
    """What each role allows."""
    rows = await connection.fetch(*_SQL["roles"](tenant=tenant))
    return {row["name"]: frozenset(row["permissions"].split()) for row in rows}


async def failed(connection: Connection, tenant: int, id_: str, login: str, origin: str) -> None:
    """Keep that a sign-in failed."""
    await connection.execute(*_SQL["failed"](tenant=tenant, id=id_, login=login, origin=origin))


async def failures(
    connection: Connection, tenant: int, login: str, origin: str, window_s: float
) -> Failures:
    """How many sign-ins failed in the last `window_s` seconds."""
    rows = await connection.fetch(
        *_SQL["failures"](tenant=tenant, login=login, origin=origin, window_s=window_s)
    )
    return structs(Failures, rows)[0]


async def forgive(connection: Connection, tenant: int, login: str, window_s: float) -> None:
    """Forget the failures of this login, and those older than `window_s` seconds."""
    await connection.execute(*_SQL["forgive"](tenant=tenant, login=login, window_s=window_s))


async def begin(
    connection: Connection, tenant: int, token_hash: bytes, account: str, origin: str, agent: str
) -> None:
    """A new session; `token_hash` is the SHA-256 of its token, which is kept nowhere."""
    await connection.execute(
        *_SQL["begin"](
            tenant=tenant, token_hash=token_hash, account=account, origin=origin, agent=agent
        )
    )


async def session(
    connection: Connection, tenant: int, token_hash: bytes, limits: Limits
) -> Seated | None:
    """Whose open session it is; None: nobody's."""
    rows = await connection.fetch(
        *_SQL["session"](
            tenant=tenant, token_hash=token_hash, idle_s=limits.idle_s,
            absolute_s=limits.absolute_s, touch_s=limits.touch_s,
        )
    )  # fmt: skip
    return next(iter(structs(Seated, rows)), None)


async def touch(connection: Connection, tenant: int, token_hash: bytes) -> None:
    """Note that the session is in use."""
    await connection.execute(*_SQL["touch"](tenant=tenant, token_hash=token_hash))


async def end(connection: Connection, tenant: int, token_hash: bytes) -> None:
    """The session is over."""
    await connection.execute(*_SQL["end"](tenant=tenant, token_hash=token_hash))


async def end_all(connection: Connection, tenant: int, account: str) -> None:
    """Every session of an account is over."""
    await connection.execute(*_SQL["end_all"](tenant=tenant, account=account))
