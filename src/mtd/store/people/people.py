"""People: accounts, roles and sessions of the portal, as the doors read and change them."""

from datetime import datetime

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

PAGE_MAX = 500

_SQL = statements("people/people")


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
    one_time_until: datetime | None
    """Until when its password opens, to choose another; None: it is theirs."""
    vouched: str | None
    """Issuer and subject of who vouches for it; None: nobody."""


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """A session of an account that is open."""

    token_hash: bytes
    began_at: datetime
    seen_at: datetime
    origin: str
    agent: str


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """When an account was last active."""

    account: str
    """Its id."""
    seen_at: datetime
    open: int
    """Sessions."""


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
    renew: bool
    """It was opened with a word for once: a password is to be chosen first."""
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
    one_time_until: datetime | None = None,
    vouched: str | None = None,
) -> bool:
    """A new account; False: somebody has this login, or is vouched for so."""
    rows = await connection.fetch(
        *_SQL["add"](
            tenant=tenant, id=id_, login=login, name=name, secret=secret, roles=roles,
            stores=stores, one_time_until=one_time_until, vouched=vouched,
        )
    )  # fmt: skip
    return bool(rows)


async def by_login(connection: Connection, tenant: int, login: str) -> Account | None:
    """The account of a login, disabled or not."""
    rows = await connection.fetch(*_SQL["by_login"](tenant=tenant, login=login))
    return next(iter(structs(Account, rows)), None)


async def by_voucher(connection: Connection, tenant: int, vouched: str) -> Account | None:
    """The account that an issuer vouches for by this subject, disabled or not."""
    rows = await connection.fetch(*_SQL["by_voucher"](tenant=tenant, vouched=vouched))
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
) -> None:
    """Change an account."""
    await connection.fetch(
        *_SQL["change"](tenant=tenant, id=id_, name=name, roles=roles, stores=stores)
    )


async def set_secret(
    connection: Connection, tenant: int, id_: str, secret: str, one_time_until: datetime | None
) -> None:
    """Another password; `one_time_until`: to choose another with, before then."""
    await connection.fetch(
        *_SQL["secret"](tenant=tenant, id=id_, secret=secret, one_time_until=one_time_until)
    )


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


async def hold(connection: Connection, tenant: int) -> None:
    """Until the transaction ends, nobody else changes who may do what."""
    await connection.fetch(*_SQL["hold"](tenant=tenant))


async def holders(connection: Connection, tenant: int, permission: str) -> int:
    """How many accounts that open and see every store have this permission."""
    rows = await connection.fetch(*_SQL["holders"](tenant=tenant, permission=permission))
    return int(rows[0]["count"])


async def put_role(connection: Connection, tenant: int, name: str, permissions: str) -> None:
    """What a role allows from now on, apart by spaces."""
    await connection.execute(*_SQL["put_role"](tenant=tenant, name=name, permissions=permissions))


async def drop_role(connection: Connection, tenant: int, name: str) -> bool:
    """The role is no more; False: it was not there."""
    return bool(await connection.fetch(*_SQL["drop_role"](tenant=tenant, name=name)))


async def sessions(connection: Connection, tenant: int, account: str, limits: Limits) -> list[Open]:
    """The account's sessions that are open, the last one seen first; at most PAGE_MAX."""
    rows = await connection.fetch(
        *_SQL["sessions"](
            tenant=tenant, account=account, idle_s=limits.idle_s, absolute_s=limits.absolute_s,
            page=PAGE_MAX,
        )
    )  # fmt: skip
    return structs(Open, rows)


async def seen(connection: Connection, tenant: int, limits: Limits) -> dict[str, Activity]:
    """When each account was last active, by its id."""
    asked = _SQL["seen"](tenant=tenant, idle_s=limits.idle_s, absolute_s=limits.absolute_s)
    return {one.account: one for one in structs(Activity, await connection.fetch(*asked))}


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


async def end_all(
    connection: Connection, tenant: int, account: str, token_hash: bytes | None = None
) -> int:
    """Every session of an account is over, or the one of this token; how many were."""
    return len(
        await connection.fetch(
            *_SQL["end_all"](tenant=tenant, account=account, token_hash=token_hash)
        )
    )
