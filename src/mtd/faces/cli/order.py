"""`mtd order`: one order's trace, and what puts it right."""

import getpass
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec
import uvloop
from cyclopts import App
from rich.console import Console
from rich.table import Table

from mtd.faces.cli.starting import opened, operations_of
from mtd.runtime.operations import NotFound, Operations
from mtd.store.arrival import Accepted, Duplicate, Receipt

order = App(name="order")
CUSTOMER = "default"
Act = Callable[[Operations], Awaitable[int]]


@order.command
def show(name: str, *, customer: str = CUSTOMER) -> int:
    """Print an order's whole trace, in order: by id, key or external id."""
    return uvloop.run(_with(customer, partial(_show, name=name)))


@order.command
def retry(name: str, *, reason: str, incident: int | None = None, customer: str = CUSTOMER) -> int:
    """Try again what failed."""

    async def act(operations: Operations) -> int:
        found = await operations.order(name)
        return _said(await operations.retry(found, incident, {}, getpass.getuser(), reason))

    return uvloop.run(_with(customer, act))


@order.command
def cancel(name: str, *, reason: str, customer: str = CUSTOMER) -> int:
    """Ask the order's process to cancel."""

    async def act(operations: Operations) -> int:
        found = await operations.order(name)
        return _said(await operations.cancel(found, getpass.getuser(), reason))

    return uvloop.run(_with(customer, act))


@order.command
def waiting(*, cause: str | None = None, customer: str = CUSTOMER) -> int:
    """List the files that wait for a person."""
    return uvloop.run(_with(customer, partial(_waiting, cause=cause)))


@order.command
def push(*ids: str, reason: str, customer: str = CUSTOMER) -> int:
    """Have waiting files tried again: by their ids, or all."""

    async def act(operations: Operations) -> int:
        chosen = list(ids) or [file.id for file, _ in await operations.waiting(None, 200)]
        pushed = await operations.push(chosen, getpass.getuser(), reason)
        print(f"pushed {len(pushed)} of {len(chosen)}")
        return 0 if len(pushed) == len(chosen) else 1

    return uvloop.run(_with(customer, act))


async def _with(customer: str, act: Act) -> int:
    async with opened(customer) as app:
        try:
            return await act(await operations_of(app))
        except NotFound as error:
            print(f"mtd order: {error}")
            return 1


async def _show(operations: Operations, name: str) -> int:
    found = await operations.order(name)
    console = Console()
    console.print(f"[bold]{found.key}[/]  {found.state} since {found.since:%Y-%m-%d %H:%M:%S}")
    table = Table("#", "at", "what", "element", "came in", "followed", box=None)
    after = 0
    while steps := await operations.trace(found, after):
        for step in steps:
            _, cause, facts = msgspec.json.decode(step.entry.payload)
            entry = step.entry
            table.add_row(
                str(entry.seq),
                f"{entry.at:%H:%M:%S.%f}"[:12],
                entry.kind,
                entry.element,
                " ".join(str(part) for part in cause if part is not None),
                " ".join(_fact(fact) for fact in facts),
            )
            for one in step.attempts:
                call = f"{one.service} #{one.attempt}: {one.outcome} in {one.took_ms:.0f} ms"
                table.add_row("", "", "", "", call, "")
        after = steps[-1].entry.seq
    console.print(table)
    return 0


def _fact(fact: list[Any]) -> str:
    """One fact in a word or two; the whole is in the API's trace."""
    match fact:
        case ["put", [_, at, *_]]:
            return f"→{at}"
        case ["wait", [number, _, _, _, [kind, *_]]]:
            return f"+{kind}{number}"
        case ["met", number]:
            return f"-{number}"
        case ["state", state]:
            return f"[{state}]"
        case ["set", _, variables]:
            return "{" + ", ".join(variables) + "}"
        case _:
            return str(fact[0])


async def _waiting(operations: Operations, cause: str | None) -> int:
    table = Table(box=None)
    table.add_column("id", no_wrap=True)
    for title in ("path", "cause", "attempts", "last failure"):
        table.add_column(title, overflow="fold")
    for file, failures in await operations.waiting(cause, 200):
        last = failures[-1].message if failures else ""
        table.add_row(file.id, file.path, file.cause, str(file.attempts), last)
    Console().print(table)
    return 0


def _said(receipt: Receipt) -> int:
    match receipt:
        case Accepted() | Duplicate():
            print("asked")
            return 0
        case _:
            print(f"refused: {receipt}")
            return 1
