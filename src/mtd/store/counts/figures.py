"""Figures: what the counts say of a span of time, and what stands open at this moment."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

_SQL = statements("counts/figures")


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Which counts are looked at."""

    grain: str
    """hour or day."""
    since: datetime
    until: datetime
    """Not included."""
    stores: tuple[str, ...] | None = None
    """None: all."""


class Entries(msgspec.Struct, frozen=True, kw_only=True):
    """Entries of orders into a state, in an hour or on a day."""

    state: str
    since: datetime
    store: str
    currency: str
    n: int
    amount: Decimal


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """Entries of orders of a kind into a state."""

    state: str
    store: str
    channel: str
    document: str
    currency: str
    n: int
    amount: Decimal


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """How many orders of a kind took as long as a bucket says."""

    store: str
    channel: str
    bucket: int
    n: int


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What became of promises."""

    store: str
    channel: str
    carrier: str
    kept: int
    missed: int
    dropped: int
    day: str = ""
    """That they were due on, `2026-11-27`; empty: it was not asked for."""


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """How open promises stand."""

    store: str
    channel: str
    carrier: str
    overdue: int
    at_risk: int
    on_time: int
    doomed: int
    """Not overdue yet, but orders like these usually take longer than they have."""
    day: str = ""
    """As of Settled."""


class StepCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What happened at an element."""

    definition: str
    element: str
    visits: int
    leaves: int
    attempts: int
    refusals: int
    failures: int
    incidents: int
    overdue: int


class Duration(msgspec.Struct, frozen=True, kw_only=True):
    """How many durations of a kind, `rest` or `took`, fell into a bucket."""

    definition: str
    element: str
    kind: str
    bucket: int
    n: int


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """How many tokens stand at an element."""

    definition: str
    element: str
    waiting: int
    overdue_now: int


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """What an element calls."""

    definition: str
    element: str
    service: str


class Usual(msgspec.Struct, frozen=True, kw_only=True):
    """How long orders of a kind usually take."""

    store: str
    channel: str
    usual_s: float


async def read_at(connection: Connection) -> datetime | None:
    """Until when the journal is counted; None: nothing was counted yet."""
    return (await connection.fetch(*_SQL["read_at"]()))[0]["read_at"]


async def orders(
    connection: Connection,
    tenant: int,
    grain: str,
    spans: Sequence[tuple[datetime, datetime]],
    states: Sequence[str],
    stores: Sequence[str] | None,
) -> list[Entries]:
    """Entries into `states` in each of the `spans`, in order of time."""
    rows = await connection.fetch(
        *_SQL["orders"](
            tenant=tenant,
            grain=grain,
            froms=[since for since, _ in spans],
            untils=[until for _, until in spans],
            states=states,
            stores=stores,
        )
    )
    return structs(Entries, rows)


async def sales(
    connection: Connection, tenant: int, scope: Scope, states: Sequence[str]
) -> list[Sold]:
    """Entries into `states` in a span of time."""
    values = msgspec.structs.asdict(scope)
    rows = await connection.fetch(*_SQL["sales"](tenant=tenant, states=states, **values))
    return structs(Sold, rows)


async def spans(
    connection: Connection,
    tenant: int,
    states: Sequence[str],
    since: datetime,
    stores: Sequence[str] | None,
) -> list[Span]:
    """How long after they were received orders entered `states`, on the days from `since` on."""
    rows = await connection.fetch(
        *_SQL["spans"](tenant=tenant, states=states, since=since, stores=stores)
    )
    return structs(Span, rows)


async def promises(
    connection: Connection, tenant: int, scope: Scope, day_zone: str | None = None
) -> list[Settled]:
    """What became of the promises due in a span of time; by days of `day_zone`, if it is given."""
    values = msgspec.structs.asdict(scope)
    rows = await connection.fetch(*_SQL["promises"](tenant=tenant, day_zone=day_zone, **values))
    return structs(Settled, rows)


async def open_promises(
    connection: Connection,
    tenant: int,
    scope: Scope,
    now: datetime,
    risk: datetime,
    usual: Sequence[Usual],
    day_zone: str | None = None,
) -> list[Open]:
    """How open promises due in a span stand `now`; those that are due before `risk` are at risk."""
    rows = await connection.fetch(
        *_SQL["open"](
            tenant=tenant,
            now=now,
            risk=risk,
            since=scope.since,
            until=scope.until,
            stores=scope.stores,
            day_zone=day_zone,
            usual_stores=[one.store for one in usual],
            usual_channels=[one.channel for one in usual],
            usual_s=[one.usual_s for one in usual],
        )
    )
    return structs(Open, rows)


async def steps(
    connection: Connection, tenant: int, scope: Scope, definition: str | None = None
) -> list[StepCounts]:
    """What happened at the elements of one definition (None: of all) in a span of time."""
    values = msgspec.structs.asdict(scope)
    rows = await connection.fetch(*_SQL["steps"](tenant=tenant, definition=definition, **values))
    return structs(StepCounts, rows)


async def durations(
    connection: Connection, tenant: int, scope: Scope, definition: str | None = None
) -> list[Duration]:
    """How long tokens stood there and attempts took, as histograms."""
    values = msgspec.structs.asdict(scope)
    rows = await connection.fetch(
        *_SQL["durations"](tenant=tenant, definition=definition, **values)
    )
    return structs(Duration, rows)


async def waiting(
    connection: Connection,
    tenant: int,
    now: datetime,
    stores: Sequence[str] | None,
    definition: str | None = None,
) -> list[Waiting]:
    """How many tokens stand at each element at this moment."""
    rows = await connection.fetch(
        *_SQL["waiting"](tenant=tenant, now=now, stores=stores, definition=definition)
    )
    return structs(Waiting, rows)


async def services(
    connection: Connection, tenant: int, definition: str | None = None
) -> list[Service]:
    """What elements call."""
    rows = await connection.fetch(*_SQL["services"](tenant=tenant, definition=definition))
    return structs(Service, rows)
