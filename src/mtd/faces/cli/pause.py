"""`mtd pause`: a step, store, channel or counterpart stands still until it is lifted."""

import sys
from collections.abc import Awaitable, Callable
from datetime import datetime

import uvloop
from cyclopts import App
from rich.console import Console
from rich.markup import escape

from mtd.faces.cli.naming import Id, Reason, me
from mtd.faces.cli.starting import opened, operations_of
from mtd.runtime.operations import breaking, pausing
from mtd.runtime.operations.operations import Conflict, NotFound, Operations
from mtd.store.operations.pauses import Kind, Listed

pause = App(name="pause")
CUSTOMER = "default"
HELD_MAX = 200
Act = Callable[[Operations], Awaitable[None]]


@pause.command
def step(name: str, *, process: str, reason: str, customer: str = CUSTOMER) -> int:
    """Make no call and take no answer at a step of a process, by its label or id."""
    return _pause("step", name, reason, customer, process)


@pause.command
def store(name: str, *, reason: Reason, customer: str = CUSTOMER) -> int:
    """Make no call for the orders of a store; they are taken in as ever."""
    return _pause("store", name, reason, customer)


@pause.command
def channel(name: str, *, reason: Reason, customer: str = CUSTOMER) -> int:
    """Make no call for the orders of a channel; they are taken in as ever."""
    return _pause("channel", name, reason, customer)


@pause.command
def counterpart(name: str, *, reason: Reason, customer: str = CUSTOMER) -> int:
    """Send nothing to a legacy system."""
    return _pause("counterpart", name, reason, customer)


@pause.command(name="list")
def listing(*, all: bool = False, customer: str = CUSTOMER) -> int:  # noqa: A002
    """List what is paused, by whom and why, and how many wait; `--all`: also what was lifted."""

    async def act(operations: Operations) -> None:
        console = Console(highlight=False, soft_wrap=True)
        for one in await pausing.listing(operations, only_open=not all):
            console.print(f"[bold]{one.id}[/]  {one.kind} {escape(_what(one))}  {one.held} held")
            console.print(escape(f"  since {_moment(one.at)} by {one.actor}: {one.reason}"))
            if one.lifted_at is not None:
                words = f"{_moment(one.lifted_at)} by {one.lifted_by}: {one.lifted_why}"
                console.print(escape(f"  lifted {words}"))

    return uvloop.run(_with(customer, act))


@pause.command
def held(id: Id, *, customer: str = CUSTOMER) -> int:  # noqa: A002 the option's name
    """List who waits for the end of a pause, oldest first."""

    async def act(operations: Operations) -> None:
        for one in await pausing.held(operations, id, None, HELD_MAX):
            print(f"{one.id}  {one.key}  {one.definition}")

    return uvloop.run(_with(customer, act))


@pause.command
def lift(id: Id, *, reason: Reason, customer: str = CUSTOMER) -> int:  # noqa: A002
    """Let what was paused go on."""

    async def act(operations: Operations) -> None:
        one = await pausing.lift(operations, id, me(), reason)
        print(f"{one.kind} {_what(one)} goes on; {one.held} waited")

    return uvloop.run(_with(customer, act))


@pause.command
def breakers(*, customer: str = CUSTOMER) -> int:
    """List the systems that are called, which workers stopped calling by themselves, since when."""

    async def act(operations: Operations) -> None:
        for one in await breaking.listing(operations):
            since = f" since {_moment(one.since)}" if one.since else ""
            print(f"{one.counterpart}  {one.state}{since}  {one.waiting} wait")
            for each in one.opened:
                print(f"  {each.name}: {each.state}, {each.failures} failures in a row")

    return uvloop.run(_with(customer, act))


@pause.command
def close(counterpart: str, *, reason: Reason, customer: str = CUSTOMER) -> int:
    """Have every worker call a system again that stopped by itself; failing on, it stops again."""

    async def act(operations: Operations) -> None:
        one = await breaking.close(operations, counterpart, me(), reason)
        print(f"{one.counterpart} is called again within two seconds; {one.waiting} waited")

    return uvloop.run(_with(customer, act))


def _pause(kind: Kind, name: str, reason: str, customer: str, process: str = "") -> int:
    async def act(operations: Operations) -> None:
        user = me()
        one = await pausing.pause(operations, kind, name, user, reason, process)
        print(f"paused {one.kind} {_what(one)}: mtd pause lift {one.id} --reason WHY")

    return uvloop.run(_with(customer, act))


async def _with(customer: str, act: Act) -> int:
    async with opened(customer) as app:
        try:
            await act(await operations_of(app))
        except (NotFound, Conflict) as error:
            print(f"mtd pause: {error}", file=sys.stderr)
            return 1
    return 0


def _what(one: Listed) -> str:
    return f"{one.label!r} of {one.process}" if one.process else one.label


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%SZ}"
