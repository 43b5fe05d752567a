"""Beginnings: timers, messages and signals that begin instances of the latest definitions."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

PAGE_MAX = 100
"""Timer starts that are begun in one go."""

_SQL = statements("deployed/beginnings")


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """A timer start; `name` and `element` identify it."""

    name: str
    """The definition's."""
    version: int
    element: str
    """The start event's id."""
    label: str
    missed: str
    """Runs missed while MTD was down: `one` is made up for, `all`, or `none`."""
    next_at: datetime | None
    """None: it is over."""
    times_left: int | None
    """Firings after the next; None: without end."""
    last_at: datetime | None = None
    """Due time of the last one that was begun."""
    paused_at: datetime | None = None
    paused_by: str = ""
    reason: str = ""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A timer start that is due."""

    name: str
    version: int
    element: str
    label: str
    missed: str
    next_at: datetime
    times_left: int | None
    now: datetime
    """Database time at which it was found due."""


class Starter(msgspec.Struct, frozen=True, kw_only=True):
    """A message or signal that begins an instance where nobody awaits it."""

    element: str
    event: str
    """Name of the message or signal."""
    is_signal: bool
    gathers: bool = False
    """Others of the same key are awaited by the instance that the first of them begins."""


class MovedOn(msgspec.Struct, frozen=True, kw_only=True):
    """A firing that was begun, and what comes after it."""

    due: Due
    next_at: datetime | None
    times_left: int | None


async def register(
    connection: Connection,
    tenant: int,
    name: str,
    version: int,
    schedules: Sequence[Schedule],
    starters: Sequence[Starter],
) -> None:
    """These begin instances of `name` from now on, unless a newer version was deployed.

    Repeating it changes nothing: what is known of this version stays as it is.
    """
    named = {"tenant": tenant, "name": name, "version": version}
    elements = [one.element for one in schedules]
    await connection.execute(*_SQL["forget"](elements=elements, **named))
    await connection.execute(
        *_SQL["schedules"](
            elements=elements,
            labels=[one.label for one in schedules],
            misseds=[one.missed for one in schedules],
            next_ats=[one.next_at for one in schedules],
            times_left=[one.times_left for one in schedules],
            **named,
        )
    )
    await connection.execute(
        *_SQL["starters"](
            elements=[one.element for one in starters],
            events=[one.event for one in starters],
            are_signals=[one.is_signal for one in starters],
            gather=[one.gathers for one in starters],
            **named,
        )
    )


async def due(connection: Connection, tenant: int) -> list[Due]:
    """At most PAGE_MAX timer starts that are due now, earliest first."""
    return structs(Due, await connection.fetch(*_SQL["due"](tenant=tenant, page=PAGE_MAX)))


async def move_on(connection: Connection, tenant: int, moved: Sequence[MovedOn]) -> None:
    """What was begun is not due any more; of several who say so, the first is believed."""
    await connection.execute(
        *_SQL["moved_on"](
            tenant=tenant,
            names=[one.due.name for one in moved],
            versions=[one.due.version for one in moved],
            elements=[one.due.element for one in moved],
            dues=[one.due.next_at for one in moved],
            next_ats=[one.next_at for one in moved],
            times_left=[one.times_left for one in moved],
        )
    )


async def listing(connection: Connection, tenant: int) -> list[Schedule]:
    """Every timer start, by name."""
    return structs(Schedule, await connection.fetch(*_SQL["listing"](tenant=tenant)))


async def pause(
    connection: Connection, tenant: int, name: str, element: str | None, person: str, reason: str
) -> list[str]:
    """The timer starts of `name`, or just one, begin nothing; the elements that this concerns."""
    rows = await connection.fetch(
        *_SQL["pause"](tenant=tenant, name=name, element=element, person=person, reason=reason)
    )
    return [row["element"] for row in rows]


async def resume(connection: Connection, tenant: int, schedule: Schedule) -> bool:
    """It goes on with the firing that `schedule` says; False: it was not paused."""
    rows = await connection.fetch(
        *_SQL["resume"](
            tenant=tenant,
            name=schedule.name,
            version=schedule.version,
            element=schedule.element,
            next_at=schedule.next_at,
            times_left=schedule.times_left,
        )
    )
    return bool(rows)
