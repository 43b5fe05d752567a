"""Promised: orders by what became of the promise of their dispatch, the latest due first."""

from datetime import datetime

import msgspec

from mtd.store.orders.board import Row, Sought, Stuck
from mtd.store.patience import hurry
from mtd.store.sessions import Connection, structs
from mtd.store.statements import composed, numbered, read

Place = tuple[datetime, str]
"""Where an order stands in the list: when its promise was due, and its id."""

_FRAGMENTS = read("orders/board") | read("orders/promised")
_DUE = numbered(_FRAGMENTS["due"])
_PAGE = composed(_FRAGMENTS, ["facing", "stuck", "wanted", "page"], "rows")
_PAGE_BACK = composed(_FRAGMENTS, ["facing", "stuck", "wanted", "page_back"], "rows")
_MANY = composed(_FRAGMENTS, ["facing", "stuck", "wanted", "page"], "many")


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of promises of which it is known what became of them; None: whatever it is."""

    became: str
    """One of `settled.BECAME`."""
    over: Place
    """Later than this one, and `under`: earlier."""
    under: Place
    carriers: tuple[str, ...] | None
    system: str | None
    """That a step calls which they stand at."""
    of_cause: bool
    """Only those with an open incident, of `cause`."""
    cause: Stuck


async def due(connection: Connection, tenant: int, order: str) -> datetime | None:
    """When the settled promise of an order was due; None: it has none."""
    rows = await connection.fetch(*_DUE(tenant=tenant, order=order))
    return rows[0]["due_at"] if rows else None


async def page(
    connection: Connection,
    tenant: int,
    sought: Sought,
    asked: Settled,
    limit: int,
    *,
    back: bool = False,
) -> list[Row]:
    """At most `limit` orders, the latest due first; `back`: those due first instead."""
    statement = _PAGE_BACK if back else _PAGE
    values = _values(sought, asked)
    found = structs(Row, await connection.fetch(*statement(tenant=tenant, page=limit, **values)))
    return sorted(found, key=_place, reverse=True)


async def counted(
    connection: Connection,
    tenant: int,
    sought: Sought,
    asked: Settled,
    limit: int,
    limit_ms: int,
) -> int:
    """How many there are, counted up to `limit`; who takes longer is cancelled."""
    await hurry(connection, limit_ms)
    rows = await connection.fetch(*_MANY(tenant=tenant, page=limit, **_values(sought, asked)))
    return int(rows[0]["count"])


def _values(sought: Sought, asked: Settled) -> dict[str, object]:
    cause = msgspec.structs.asdict(asked.cause)
    values = msgspec.structs.asdict(sought) | msgspec.structs.asdict(asked) | cause
    del values["cause"]
    (values["over_due"], values["over"]), (values["under_due"], values["under"]) = (
        asked.over,
        asked.under,
    )
    return values


def _place(row: Row) -> tuple[datetime | None, str]:
    """A promise never changes: the order's own is what was due."""
    return row.promised_at, row.id
