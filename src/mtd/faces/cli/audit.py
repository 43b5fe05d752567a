"""`mtd audit`: whether what people did stands as it was recorded."""

import getpass
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import uvloop
from cyclopts import App, Parameter
from cyclopts.validators import Number
from rich.console import Console

from mtd.faces.cli.starting import opened, operations_of
from mtd.runtime.app import TENANT
from mtd.runtime.desk import history
from mtd.runtime.desk.audit.auditing import ANCHOR_FILE, Verdict, anchor_of, seal
from mtd.runtime.desk.audit.auditing import verify as verified
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.history import Asked
from mtd.runtime.desk.orders.filters import BadFilter
from mtd.runtime.desk.people.person import Person

audit = App(name="audit")


@audit.command
def verify(
    *,
    anchor: Annotated[
        Path | None, Parameter(help="A copy of the anchor kept elsewhere; without: our own.")
    ] = None,
    customer: str = "default",
) -> int:
    """Check the chain of the audit; what was tampered with is named, and the exit code is 1."""
    return uvloop.run(_verify(anchor, customer))


@audit.command(name="list")
def listing(
    *,
    who: Annotated[str, Parameter(help="A login.")] = "",
    what: Annotated[str, Parameter(help="An action, such as order.correct.")] = "",
    about: Annotated[str, Parameter(help="An order by any name, a file's path, a login.")] = "",
    word: Annotated[str, Parameter(help="In the reason, or in what was before or after.")] = "",
    since: Annotated[str, Parameter(help="Day, 2026-11-27.")] = "",
    until: Annotated[str, Parameter(help="Day, inclusive.")] = "",
    limit: Annotated[int, Parameter(validator=Number(gte=1))] = 100,
    customer: str = "default",
) -> int:
    """Print what people did, the newest first: a JSON object a line."""
    asked = Asked(who=who, what=what, about=about, word=word, since=since, until=until)
    try:
        uvloop.run(_listed(asked, limit, customer))
    except BadFilter as error:
        print(f"mtd audit: {error}", file=sys.stderr)
        return 1
    return 0


async def _listed(asked: Asked, limit: int, customer: str) -> None:
    async with opened(customer) as app:
        desk = Desk(await operations_of(app))
        left = limit
        async for entries in history.every(desk, _operator(app.clock.now()), asked):
            for one in entries[:left]:
                print(msgspec.json.encode(one).decode())
            left -= len(entries)
            if left <= 0:
                return


def _operator(now: datetime) -> Person:
    """Who may read the database at this machine may read what is in it."""
    return Person(
        id="", login=getpass.getuser(), name="", roles=(), permissions=frozenset({"audit.see"}),
        stores=None, origin="", began_at=now, before=None,
    )  # fmt: skip


async def _verify(anchor: Path | None, customer: str) -> int:
    console = Console(highlight=False)
    async with opened(customer) as app:
        own = anchor_of(app)
        await seal(app, TENANT, own)
        found: Verdict = await verified(app, TENANT, anchor or own)
    for one in found.findings:
        console.print(f"[red]{one.kind}[/]  {one.message}")
    if not found.anchors:
        console.print(f"no anchor was found ({anchor or ANCHOR_FILE}): a cut tail would not show")
    console.print(f"{found.entries} entries, {found.anchors} anchors, {len(found.findings)} faults")
    return 1 if found.findings else 0
