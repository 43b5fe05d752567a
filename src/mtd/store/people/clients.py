"""Clients of the API, known by a hash of their key."""

from datetime import datetime

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

_SQL = statements("people/clients")


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """Who may use the API."""

    id: str
    name: str
    created_at: datetime
    revoked_at: datetime | None
    """From when its key opens nothing any more, which may still come; None: it does."""


async def add(connection: Connection, tenant: int, id_: str, name: str, key_hash: bytes) -> None:
    """A new client; `key_hash` is the SHA-256 of its key, which is kept nowhere."""
    await connection.execute(*_SQL["add"](tenant=tenant, id=id_, name=name, key_hash=key_hash))


async def by_key(connection: Connection, tenant: int, key_hash: bytes) -> Client | None:
    """Whose key it is; None: nobody's, or revoked."""
    rows = await connection.fetch(*_SQL["by_key"](tenant=tenant, key_hash=key_hash))
    return next(iter(structs(Client, rows)), None)


async def listing(connection: Connection, tenant: int) -> list[Client]:
    """All clients, the oldest first."""
    return structs(Client, await connection.fetch(*_SQL["listing"](tenant=tenant)))


async def revoke(
    connection: Connection, tenant: int, id_: str, after_s: float = 0.0
) -> Client | None:
    """The client's key opens nothing any more after so many seconds; None: it did not before."""
    rows = await connection.fetch(*_SQL["revoke"](tenant=tenant, id=id_, after_s=after_s))
    return next(iter(structs(Client, rows)), None)
