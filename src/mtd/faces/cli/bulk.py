"""`mtd bulk`: one thing done to many orders or files, previewed first."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import uvloop
from cyclopts import App, Parameter
from rich.console import Console
from rich.markup import escape

from mtd.faces.cli.naming import Id, Reason, me
from mtd.faces.cli.starting import opened, operations_of
from mtd.runtime.bulk import acting
from mtd.runtime.bulk.acting import BulkView, ItemView, Shown
from mtd.runtime.bulk.asked import RATE_PER_S, Arguments, Wish
from mtd.runtime.operations.operations import Conflict, NotFound, Operations, amounts
from mtd.store.operations.bulk import PAGE_MAX, Action, Ruling
from mtd.store.operations.standings import Filter

bulk = App(name="bulk")
CUSTOMER = "default"
Act = Callable[[Operations], Awaitable[None]]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Which:
    """The filter, an option each: the command line reads no other kind of value."""

    state: str | None = None
    country: str | None = None
    store: str | None = None
    channel: str | None = None
    definition: Annotated[str | None, Parameter(help="name@version")] = None
    code: Annotated[str | None, Parameter(help="Of an open incident.")] = None
    element: Annotated[str | None, Parameter(help="Id of the element that failed.")] = None
    cause: Annotated[str | None, Parameter(help="push: why a file waits.")] = None


ALL = Which()


@bulk.command
def preview(
    action: Action,
    *names: str,
    name: str,
    reason: str,
    rate: Annotated[float, Parameter(help="Items a second.")] = RATE_PER_S,
    which: Which = ALL,
    set: Annotated[str, Parameter(help="Variables, as JSON.")] = "{}",  # noqa: A002
    to: Annotated[str, Parameter(help="migrate: name@version.")] = "",
    map: Annotated[str, Parameter(help="migrate: ids by ids, as JSON.")] = "{}",  # noqa: A002
    json: bool = False,
    customer: str = CUSTOMER,
) -> int:
    """Fix for whom it would be (orders or files by name, else all that the filter fits).

    Nothing is done before `mtd bulk start`.
    """

    async def act(operations: Operations) -> None:
        chosen = list(names) or None
        wish = msgspec.convert(
            {
                "name": name,
                "action": action,
                "actor": me(),
                "reason": reason,
                "orders": None if action == "push" else chosen,
                "files": chosen if action == "push" else None,
                "filter": Filter(**asdict(which)),
                "arguments": Arguments(
                    variables=amounts(set.encode()),
                    to=to,
                    mapping=msgspec.json.decode(map, type=dict[str, str]),
                ),
                "rate_per_s": rate,
            },
            Wish,
        )
        _show(await acting.preview(operations, wish), json)

    return uvloop.run(_with(customer, act))


@bulk.command
def start(id: Id, *, reason: Reason, customer: str = CUSTOMER) -> int:  # noqa: A002
    """Begin what was previewed; the workers carry it out."""
    return _rule(id, "STARTED", reason, customer)


@bulk.command
def pause(id: Id, *, reason: Reason, customer: str = CUSTOMER) -> int:  # noqa: A002
    """Send nothing more of it until it is resumed."""
    return _rule(id, "PAUSED", reason, customer)


@bulk.command
def resume(id: Id, *, reason: Reason, customer: str = CUSTOMER) -> int:  # noqa: A002
    """Go on with a paused one."""
    return _rule(id, "RESUMED", reason, customer)


@bulk.command
def abort(id: Id, *, reason: Reason, customer: str = CUSTOMER) -> int:  # noqa: A002
    """Never send what was not sent yet."""
    return _rule(id, "ABORTED", reason, customer)


@bulk.command
def again(
    id: Id,  # noqa: A002
    *,
    reason: str,
    json: bool = False,
    customer: str = CUSTOMER,
) -> int:
    """Preview it again, for what failed alone."""

    async def act(operations: Operations) -> None:
        _show(await acting.again(operations, id, me(), reason), json)

    return uvloop.run(_with(customer, act))


@bulk.command
def show(id: Id, *, json: bool = False, customer: str = CUSTOMER) -> int:  # noqa: A002
    """Show how far it is, who decided what, and what its preview showed."""

    async def act(operations: Operations) -> None:
        _show(await acting.shown(operations, id), json)

    return uvloop.run(_with(customer, act))


@bulk.command
def items(
    id: Id,  # noqa: A002
    *,
    state: str | None = None,
    csv: Annotated[Path | None, Parameter(help="Write all of them here.")] = None,
    customer: str = CUSTOMER,
) -> int:
    """List what came of each item, or write it as CSV."""

    async def act(operations: Operations) -> None:
        if csv is not None:
            csv.write_text(await acting.table(operations, id, state), encoding="utf-8", newline="")
            return
        for one in await acting.page(operations, id, state, -1, PAGE_MAX):
            print(f"{one.n:>6}  {one.state:<9}  {one.key}  {one.said}")

    return uvloop.run(_with(customer, act))


@bulk.command(name="list")
def listing(*, customer: str = CUSTOMER) -> int:
    """List bulk actions, newest first."""

    async def act(operations: Operations) -> None:
        console = Console(highlight=False, soft_wrap=True)
        for one in await acting.listing(operations, PAGE_MAX):
            _head(console, one)

    return uvloop.run(_with(customer, act))


def _rule(id_: str, ruling: Ruling, reason: str, customer: str) -> int:
    async def act(operations: Operations) -> None:
        _show(await acting.rule(operations, id_, ruling, me(), reason), False)

    return uvloop.run(_with(customer, act))


async def _with(customer: str, act: Act) -> int:
    async with opened(customer) as app:
        try:
            await act(await operations_of(app))
        except (NotFound, Conflict, msgspec.MsgspecError) as error:
            print(f"mtd bulk: {error}", file=sys.stderr)
            return 1
    return 0


def _show(shown: Shown, json: bool) -> None:
    if json:
        print(msgspec.json.format(msgspec.json.encode(shown)).decode())
        return
    console = Console(highlight=False, soft_wrap=True)
    _head(console, shown.bulk)
    for ruled in shown.rulings:
        words = f"{ruled.ruling.lower()} {ruled.at:%Y-%m-%d %H:%M:%SZ} by {ruled.actor}"
        console.print(escape(f"{words}: {ruled.reason}"))
    for item in shown.samples:
        _print(console, item, item.would)
    for item in shown.skipped:
        _print(console, item, (f"skipped: {item.said}",))


def _head(console: Console, one: BulkView) -> None:
    console.print(f"[bold]{one.id}[/]  {one.action}  {one.state}  {escape(one.name)}")
    console.print(
        f"  {one.items} items at {one.rate_per_s:g}/s: {one.pending} pending, "
        f"{one.skipped} skipped, {one.sent} sent, {one.succeeded} succeeded, {one.failed} failed"
    )


def _print(console: Console, item: ItemView, lines: tuple[str, ...]) -> None:
    console.print(f"  {escape(item.key)}")
    for line in lines:
        console.print(f"    {escape(line)}")
