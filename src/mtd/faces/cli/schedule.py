"""`mtd schedule`: what begins by itself and when, paused and resumed."""

import sys
from datetime import datetime

import uvloop
from cyclopts import App
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mtd.faces.cli.naming import Reason, me
from mtd.faces.cli.starting import opened, operations_of
from mtd.runtime.operations import timetable
from mtd.runtime.operations.operations import Conflict, NotFound
from mtd.store.deployed.beginnings import Schedule

schedule = App(name="schedule")
CUSTOMER = "default"


@schedule.command(name="list")
def listing(*, customer: str = CUSTOMER) -> int:
    """List what begins by itself: when next, when last, and what is paused."""

    async def act() -> int:
        async with opened(customer) as app:
            found = await timetable.schedules(await operations_of(app))
        table = Table("definition", "start", "next", "last", "missed", "", box=None)
        for one in found:
            label = escape(one.label)
            moments = (_moment(one.next_at) or "over", _moment(one.last_at))
            table.add_row(f"{one.name}@{one.version}", label, *moments, one.missed, _paused(one))
        Console().print(table)
        return 0

    return uvloop.run(act())


@schedule.command
def pause(
    name: str, *, reason: Reason, element: str | None = None, customer: str = CUSTOMER
) -> int:
    """Let the timer starts of a definition, or one of them, begin nothing."""

    async def act() -> int:
        async with opened(customer) as app:
            operations = await operations_of(app)
            try:
                found = await timetable.pause(operations, name, element, me(), reason)
            except NotFound as error:
                print(f"mtd schedule: {error}", file=sys.stderr)
                return 1
        print(f"paused: {', '.join(found)}")
        return 0

    return uvloop.run(act())


@schedule.command
def resume(name: str, *, element: str | None = None, customer: str = CUSTOMER) -> int:
    """Let paused timer starts begin again, from now on."""

    async def act() -> int:
        async with opened(customer) as app:
            try:
                found = await timetable.resume(await operations_of(app), name, element)
            except Conflict as error:
                print(f"mtd schedule: {error}", file=sys.stderr)
                return 1
        print(f"resumed: {', '.join(found)}")
        return 0

    return uvloop.run(act())


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%SZ}"


def _paused(one: Schedule) -> str:
    if one.paused_at is None:
        return ""
    return escape(f"paused {_moment(one.paused_at)} by {one.paused_by}: {one.reason}")
