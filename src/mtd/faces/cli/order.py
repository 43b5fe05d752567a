"""`mtd order`: one order's trace, and what puts it right."""

import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial

import msgspec
import uvloop
from cyclopts import App
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from mtd.faces.cli.changes import pair, show_preview
from mtd.faces.cli.naming import Reason, me
from mtd.faces.cli.starting import opened, operations_of
from mtd.runtime.operations import pushing
from mtd.runtime.operations.changing import Wanted, previewed
from mtd.runtime.operations.changing import modify as modified
from mtd.runtime.operations.chronicle import Chapter
from mtd.runtime.operations.correlating import is_uuid
from mtd.runtime.operations.operations import (
    Conflict,
    NotFound,
    Operations,
    amounts,
)
from mtd.store.arriving.arrival import Accepted, Duplicate, Receipt
from mtd.store.orders.orders import Order
from mtd.store.orders.trace import Standing

order = App(name="order")
CUSTOMER = "default"
Act = Callable[[Operations], Awaitable[int]]


@order.command
def show(name: str, *, json: bool = False, customer: str = CUSTOMER) -> int:
    """Print an order's whole trace, in order: by id, key or external id.

    Or that of an instance that carries no order, by its id: another pool's, or a schedule's.
    """
    return uvloop.run(_with(customer, partial(_show, name=name, json=json)))


@order.command
def retry(
    name: str, *, reason: Reason, incident: int | None = None, customer: str = CUSTOMER
) -> int:
    """Try again what failed."""

    async def act(operations: Operations) -> int:
        found = await operations.order(name)
        return _said(await operations.retry(found, incident, {}, me(), reason))

    return uvloop.run(_with(customer, act))


@order.command
def cancel(name: str, *, reason: Reason, customer: str = CUSTOMER) -> int:
    """Ask the order's process to cancel."""

    async def act(operations: Operations) -> int:
        found = await operations.order(name)
        return _said(await operations.cancel(found, me(), reason))

    return uvloop.run(_with(customer, act))


@order.command
def modify(
    name: str,
    *,
    reason: str,
    move: list[str] | None = None,
    add: list[str] | None = None,
    drop: list[str] | None = None,
    set: str = "{}",  # noqa: A002 the option's name
    preview: bool = False,
    customer: str = CUSTOMER,
) -> int:
    """Move (`--move A:B`), add and drop tokens, and set variables (JSON), by labels or ids.

    What it closes and opens is shown first; with `--preview`, that is all.
    """

    async def act(operations: Operations) -> int:
        found = await operations.order(name)
        wanted = Wanted(
            moves=[pair(one) for one in move or ()],
            adds=add or (),
            drops=drop or (),
            variables=amounts(set.encode()),
        )
        app, tenant = operations.app, operations.tenant
        show_preview(await previewed(app, tenant, found.id, wanted))
        if preview:
            return 0
        receipt = await modified(app, tenant, found.id, wanted, me(), reason)
        return _said(receipt)

    return uvloop.run(_with(customer, act))


@order.command
def waiting(*, cause: str | None = None, customer: str = CUSTOMER) -> int:
    """List the files that wait for a person."""
    return uvloop.run(_with(customer, partial(_waiting, cause=cause)))


@order.command
def push(*ids: str, reason: str, customer: str = CUSTOMER) -> int:
    """Have waiting files tried again: by their ids, or all."""

    async def act(operations: Operations) -> int:
        chosen = list(ids) or await pushing.all_waiting(operations)
        pushed = await pushing.push(operations, chosen, me(), reason)
        print(f"pushed {len(pushed)} of {len(chosen)}")
        return 0 if len(pushed) == len(chosen) else 1

    return uvloop.run(_with(customer, act))


async def _with(customer: str, act: Act) -> int:
    async with opened(customer) as app:
        try:
            return await act(await operations_of(app))
        except (NotFound, Conflict, msgspec.MsgspecError) as error:
            print(f"mtd order: {error}", file=sys.stderr)
            return 1


async def _show(operations: Operations, name: str, json: bool) -> int:
    try:
        found: Order | Standing = await operations.order(name)
    except NotFound:
        if not is_uuid(name):
            raise
        found = await operations.instance(name)
    id_ = found.id if isinstance(found, Order) else name
    chapters = [one async for one in _chapters(operations, id_)]
    if json:
        print(msgspec.json.format(msgspec.json.encode(chapters)).decode())
        return 0
    console = Console(highlight=False)
    since = f" since {found.since:%Y-%m-%d %H:%M:%S}" if isinstance(found, Order) else ""
    head = f"[bold]{escape(found.key)}[/]  {found.state}{since}  {escape(found.definition)}"
    console.print(head, soft_wrap=True)
    for chapter in chapters:
        _print(console, chapter)
    return 0


async def _chapters(operations: Operations, id_: str) -> AsyncGenerator[Chapter]:
    after = 0
    while page := await operations.trace(id_, after):
        for chapter in page:
            yield chapter
        after = page[-1].seq


def _print(console: Console, chapter: Chapter) -> None:
    at = f"{chapter.at:%Y-%m-%d %H:%M:%S.%f}"[:-3]
    head = Text(f"\n{chapter.seq:>4}  {at}  ").append(chapter.kind, "bold")
    console.print(head.append(f"  {chapter.label}"), soft_wrap=True)
    for one in chapter.attempts:
        call = f"{one.service}, attempt {one.attempt}: {one.outcome} in {one.took_ms:.0f} ms"
        console.print(Text(f"      {call}", "cyan"), soft_wrap=True)
    for line in chapter.told:
        style = "red" if line.startswith("incident") else ""
        console.print(Text(f"      {line}", style), soft_wrap=True)


async def _waiting(operations: Operations, cause: str | None) -> int:
    console = Console(highlight=False)
    files = await pushing.listing(operations, cause, 200)
    for file, failures, _ in files:
        attempts = f", {file.attempts} attempts" if file.attempts else ""
        console.print(f"[bold]{file.id}[/]  {file.cause}{attempts}", soft_wrap=True)
        console.print(f"  {file.path}", soft_wrap=True, markup=False)
        if failures:
            console.print(f"  {failures[-1].message}", soft_wrap=True, markup=False)
    if not files:
        console.print("no file waits for a person")
    return 0


def _said(receipt: Receipt) -> int:
    match receipt:
        case Accepted() | Duplicate():
            print("asked")
            return 0
        case _:
            print(f"refused: {receipt}")
            return 1
