"""Saved views: filters that people keep by a name, for themselves or for all."""

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

VIEWS_MAX = 30
"""Of one page, that somebody is shown."""

_SQL = statements("people/views")


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A filter by its name."""

    id: str
    account: str
    """Whose it is."""
    shared: bool
    name: str
    query: str
    """As in an address."""


async def add(connection: Connection, tenant: int, page: str, view: View) -> None:
    """Keep a view of a page."""
    await connection.execute(*_SQL["add"](tenant=tenant, page=page, **msgspec.structs.asdict(view)))


async def listing(connection: Connection, tenant: int, page: str, account: str) -> list[View]:
    """The views of a page that somebody keeps, and those that others share."""
    rows = await connection.fetch(
        *_SQL["listing"](tenant=tenant, page=page, account=account, limit=VIEWS_MAX)
    )
    return structs(View, rows)


async def drop(connection: Connection, tenant: int, id_: str, account: str) -> bool:
    """Its owner keeps it no more; False: they did not."""
    return bool(await connection.fetch(*_SQL["drop"](tenant=tenant, id=id_, account=account)))
