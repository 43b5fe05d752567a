"""Alerts: what rules found, what people did about it, and the rules that people changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

Severity = Literal["info", "warning", "critical"]
EventKind = Literal[
    "OPENED", "REOPENED", "ESCALATED", "CLOSED", "ACKNOWLEDGED", "ASSIGNED", "COMMENTED", "MUTED",
    "UNMUTED",
]  # fmt: skip
PAGE_MAX = 200
EVENTS_MAX = 500

_SQL = statements("alerts/alerts")


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One condition of one scope, for as long as it holds; again within an hour, the same one."""

    id: str
    rule: str
    scope: str
    """What the rule tells apart, such as a store; empty: everything."""
    severity: Severity
    count: int = 1
    """How often it began."""
    affected: int
    events: int = 0
    began_at: datetime
    opened_at: datetime
    last_at: datetime
    """When the condition was last seen to hold."""
    acknowledged_at: datetime | None = None
    escalated_at: datetime | None = None
    muted_until: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    """None of a closed one: it closed by itself."""
    observed: float
    bound: float
    owner: str | None = None
    content: bytes
    """JSON: the rule as it was, what is told of it, its remedy."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to an alert."""

    n: int
    at: datetime
    kind: EventKind
    actor: str | None = None
    """None: it happened by itself."""
    words: str = ""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many alerts are not closed."""

    open: int
    """Not acknowledged yet."""
    acknowledged: int
    critical: int
    warning: int
    info: int


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that somebody changed."""

    name: str
    changed_at: datetime
    changed_by: str
    content: bytes | None
    """JSON; None: it was taken out."""


async def hold(connection: Connection, tenant: int, now: datetime) -> bool:
    """Whether it is time to look; nobody else looks before this transaction ends."""
    await connection.execute(*_SQL["prepare"](tenant=tenant))
    return bool(await connection.fetch(*_SQL["hold"](tenant=tenant, now=now)))


async def looked(connection: Connection, tenant: int, due_at: datetime) -> None:
    """Everything was looked at; `due_at`: when to look next."""
    await connection.execute(*_SQL["looked"](tenant=tenant, due_at=due_at))


async def current(connection: Connection, tenant: int, recent: datetime) -> list[Alert]:
    """Alerts that are open, or whose condition held since `recent`, oldest first, locked."""
    return structs(Alert, await connection.fetch(*_SQL["current"](tenant=tenant, recent=recent)))


async def one(connection: Connection, tenant: int, id_: str) -> Alert | None:
    """An alert, locked."""
    rows = await connection.fetch(*_SQL["one"](tenant=tenant, id=id_))
    return next(iter(structs(Alert, rows)), None)


async def page(
    connection: Connection,
    tenant: int,
    *,
    id_: str | None = None,
    is_open: bool | None = None,
    is_acknowledged: bool | None = None,
    below: str | None = None,
    by_severity: bool = False,
    limit: int = PAGE_MAX,
) -> list[Alert]:
    """At most `limit` alerts, newest first; `by_severity`: the gravest first."""
    rows = await connection.fetch(
        *_SQL["page"](
            tenant=tenant, id=id_, is_open=is_open, is_acknowledged=is_acknowledged, below=below,
            by_severity=by_severity, page=max(1, min(limit, PAGE_MAX)),
        )
    )  # fmt: skip
    return structs(Alert, rows)


async def counts(connection: Connection, tenant: int) -> Counts:
    """How many alerts are not closed."""
    return structs(Counts, await connection.fetch(*_SQL["counts"](tenant=tenant)))[0]


async def write(
    connection: Connection,
    tenant: int,
    alerts: Sequence[Alert],
    events: Sequence[tuple[str, Event]],
) -> None:
    """Alerts as they stand from now on, and what happened to them, by their ids."""
    columns = {
        f"of_{name}": [getattr(one, name) for one in alerts] for name in Alert.__struct_fields__
    }
    await connection.execute(*_SQL["write"](tenant=tenant, **columns))
    await connection.execute(
        *_SQL["tell"](
            tenant=tenant,
            ids=[id_ for id_, _ in events],
            ns=[event.n for _, event in events],
            ats=[event.at for _, event in events],
            kinds=[event.kind for _, event in events],
            actors=[event.actor for _, event in events],
            words=[event.words for _, event in events],
        )
    )


async def events(connection: Connection, tenant: int, id_: str) -> list[Event]:
    """What happened to an alert, in order."""
    rows = await connection.fetch(*_SQL["events"](tenant=tenant, id=id_, page=EVENTS_MAX))
    return structs(Event, rows)


async def rules(connection: Connection, tenant: int) -> list[Kept]:
    """The rules that people changed, by name."""
    return structs(Kept, await connection.fetch(*_SQL["rules"](tenant=tenant)))


async def put_rule(
    connection: Connection, tenant: int, name: str, content: bytes | None, actor: str
) -> None:
    """Keep a rule as somebody wants it; None: take it out."""
    await connection.execute(
        *_SQL["put_rule"](tenant=tenant, name=name, content=content, actor=actor)
    )
