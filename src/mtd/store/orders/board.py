"""The board: orders as lists show them, counted and grouped, by keys that no history slows."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from mtd.store.counts.figures import Usual
from mtd.store.orders.orders import Order
from mtd.store.patience import hurry
from mtd.store.sessions import Connection, structs
from mtd.store.statements import composed, numbered, read

PAGE_MAX = 200
NEWEST_MAX = 500
CAUSES_MAX = 100
FIRST = "00000000-0000-0000-0000-000000000000"
LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"

_FRAGMENTS = read("orders/board")
_PLAIN = ("glances", "newest", "counts", "causes")
_AMONG = {
    "page": ["wanted"],
    "page_back": ["wanted"],
    "page_open": ["going"],
    "page_open_back": ["going"],
    "troubled": ["wanted", "stuck"],
    "narrow": ["going", "facing", "stuck"],
}
"""What each page is a page of."""
_SQL = {
    **{name: numbered(_FRAGMENTS[name]) for name in _PLAIN},
    "counted": composed(_FRAGMENTS, ["wanted"], "counted"),
    "counted_open": composed(_FRAGMENTS, ["going"], "counted_open"),
}
_PAGES = {name: composed(_FRAGMENTS, [*among, name], "rows") for name, among in _AMONG.items()}
_MANY = {
    name: composed(_FRAGMENTS, [*_AMONG[name], name], "many") for name in ("troubled", "narrow")
}
MET = ("DISPATCHED", "READY_FOR_PICKUP", "DELIVERED")
"""States after which a promise of dispatch is not late any more."""


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which orders are looked for; None: whatever it is."""

    states: tuple[str, ...] | None = None
    finals: tuple[str, ...] | None = None
    """States that are left out."""
    stores: tuple[str, ...] | None = None
    stores_out: tuple[str, ...] | None = None
    """Stores that are left out."""
    channels: tuple[str, ...] | None = None
    documents: tuple[str, ...] | None = None
    """Kinds of tax document; where it says some, all orders are looked through."""
    late: datetime | None = None
    """Promised before this, and neither dispatched nor ready yet."""
    above: str = FIRST
    """Ids greater than this one: UUIDv7, so that they are later too."""
    below: str = LAST


class Stuck(msgspec.Struct, frozen=True, kw_only=True):
    """What an order's open incident is asked to be; None: whatever it is."""

    code: str | None = None
    element: str | None = None
    codes_out: tuple[str, ...] | None = None
    """What it is none of; likewise `elements_out`."""
    elements_out: tuple[str, ...] | None = None


class Narrowed(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of orders that are not over; None: whatever it is."""

    now: datetime
    risk: datetime
    """Open promises due before it are at risk."""
    standing: str | None
    """on_time, at_risk, overdue or doomed."""
    due_since: datetime | None
    due_until: datetime | None
    carriers: tuple[str, ...] | None
    system: str | None
    """That a step calls which they stand at."""
    usual: tuple[Usual, ...]
    """How long orders of each kind take."""
    of_cause: bool
    """Only those with an open incident, of `cause`."""
    cause: Stuck


class Row(Order, frozen=True, kw_only=True):
    """An order, and what else a list shows of it."""

    element: str
    """Where it last moved, or where its incident is; empty: it has not begun."""
    attempt: int | None
    """Of its last call."""
    outcome: str | None
    incident: int | None
    code: str | None
    message: str | None


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """Where an order stands."""

    id: str
    store: str
    channel: str
    state: str
    since: datetime


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for people."""

    exceptions: int
    files: int
    tasks: int
    alerts: int
    """Open ones that nobody has acknowledged."""


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """Open incidents that have the same error at the same element, whatever the version."""

    code: str
    element: str
    definition: str
    """Of the latest one."""
    orders: int
    amount: Decimal
    currency: str
    first_at: datetime
    last_at: datetime
    last_hour: int
    """Incidents of the last hour."""
    example: str
    """Id of its oldest order."""
    stores: str
    """Apart by spaces."""


async def page(
    connection: Connection,
    tenant: int,
    sought: Sought,
    limit: int,
    *,
    back: bool = False,
    only_open: bool = False,
) -> list[Row]:
    """At most `limit` orders, newest first; `back`: the oldest of them instead of the newest.

    `only_open`: none that is over can be among them, and so those are not looked through.
    """
    name = ("page_open" if only_open else "page") + ("_back" if back else "")
    values = msgspec.structs.asdict(sought)
    rows = await connection.fetch(*_PAGES[name](tenant=tenant, page=limit, met=MET, **values))
    return structs(Row, rows)


async def troubled(
    connection: Connection,
    tenant: int,
    sought: Sought,
    cause: Stuck,
    limit: int,
    *,
    back: bool = False,
) -> list[Row]:
    """At most `limit` orders, newest first, that have an open incident of this cause.

    `back`: the oldest of them instead of the newest.
    """
    statement = _PAGES["troubled"]
    values = _values(sought, cause)
    rows = await connection.fetch(*statement(tenant=tenant, page=limit, back=back, **values))
    return structs(Row, rows)


async def counted_troubled(
    connection: Connection, tenant: int, sought: Sought, cause: Stuck, limit: int, limit_ms: int
) -> int:
    """How many there are, counted up to `limit`; who takes longer is cancelled."""
    await hurry(connection, limit_ms)
    statement = _MANY["troubled"]
    values = _values(sought, cause)
    rows = await connection.fetch(*statement(tenant=tenant, page=limit, back=False, **values))
    return int(rows[0]["count"])


async def narrow(
    connection: Connection,
    tenant: int,
    sought: Sought,
    asked: Narrowed,
    limit: int,
    *,
    back: bool = False,
) -> list[Row]:
    """At most `limit` orders that are not over, newest first; `back`: the oldest of them."""
    values = _narrow_values(sought, asked)
    statement = _PAGES["narrow"]
    rows = await connection.fetch(*statement(tenant=tenant, page=limit, back=back, **values))
    return structs(Row, rows)


async def counted_narrow(
    connection: Connection,
    tenant: int,
    sought: Sought,
    asked: Narrowed,
    limit: int,
    limit_ms: int,
) -> int:
    """How many there are, counted up to `limit`; who takes longer is cancelled."""
    await hurry(connection, limit_ms)
    values = _narrow_values(sought, asked)
    rows = await connection.fetch(*_MANY["narrow"](tenant=tenant, page=limit, back=False, **values))
    return int(rows[0]["count"])


async def counted(
    connection: Connection,
    tenant: int,
    sought: Sought,
    limit: int,
    limit_ms: int,
    *,
    only_open: bool = False,
) -> int:
    """How many orders there are, counted up to `limit`; who takes longer is cancelled."""
    await hurry(connection, limit_ms)
    statement = _SQL["counted_open" if only_open else "counted"]
    values = msgspec.structs.asdict(sought)
    rows = await connection.fetch(*statement(tenant=tenant, limit=limit, met=MET, **values))
    return int(rows[0]["count"])


async def glances(connection: Connection, tenant: int, ids: Sequence[str]) -> list[Glance]:
    """Where these orders stand."""
    return structs(Glance, await connection.fetch(*_SQL["glances"](tenant=tenant, ids=ids)))


async def newest(connection: Connection, tenant: int, above: str) -> list[Glance]:
    """The orders that came after the id `above`, newest first, at most NEWEST_MAX."""
    rows = await connection.fetch(*_SQL["newest"](tenant=tenant, above=above, page=NEWEST_MAX))
    return structs(Glance, rows)


async def counts(connection: Connection, tenant: int, stores: Sequence[str] | None) -> Counts:
    """What waits for people in these stores; None: in all."""
    return structs(Counts, await connection.fetch(*_SQL["counts"](tenant=tenant, stores=stores)))[0]


async def causes(connection: Connection, tenant: int, sought: Sought) -> list[Cause]:
    """Open incidents by error and element, the most orders first, at most CAUSES_MAX.

    Of the orders that `sought` lets through by state, store and channel.
    """
    rows = await connection.fetch(
        *_SQL["causes"](tenant=tenant, page=CAUSES_MAX, **msgspec.structs.asdict(sought))
    )
    return structs(Cause, rows)


def _values(sought: Sought, cause: Stuck) -> dict[str, object]:
    """The parameters of what looks for orders with an incident."""
    return {"met": MET, **msgspec.structs.asdict(sought), **msgspec.structs.asdict(cause)}


def _narrow_values(sought: Sought, asked: Narrowed) -> dict[str, object]:
    """The parameters of what narrows open orders."""
    values = _values(sought, asked.cause) | msgspec.structs.asdict(asked)
    del values["usual"], values["cause"]
    return values | {
        "usual_stores": [one.store for one in asked.usual],
        "usual_channels": [one.channel for one in asked.usual],
        "usual_s": [one.usual_s for one in asked.usual],
    }
