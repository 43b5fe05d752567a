"""`mtd message`: messages that nobody took, and why."""

import sys
from datetime import datetime

import uvloop
from cyclopts import App
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from mtd.faces.cli.starting import opened, operations_of
from mtd.runtime.operations import correlating
from mtd.runtime.operations.operations import REST, NotFound

message = App(name="message")
CUSTOMER = "default"
PAGE = 50
UUID_LENGTH = 36


@message.command
def show(id: str, *, source: str = REST, customer: str = CUSTOMER) -> int:  # noqa: A002
    """Say what became of a message: who was tried for it, and which key differed."""

    async def act() -> int:
        async with opened(customer) as app:
            try:
                told = await correlating.inspect(await operations_of(app), id, source)
            except NotFound as error:
                print(f"mtd message: {error}", file=sys.stderr)
                return 1
        Console().print(f"[bold]{told.message.id}[/]  {told.message.state}")
        for words in told.words:
            print(words)
        return 0

    return uvloop.run(act())


@message.command(name="list")
def listing(*, waiting: bool = False, customer: str = CUSTOMER) -> int:
    """List messages that nobody took, newest first; or those that wait yet."""

    async def act() -> int:
        async with opened(customer) as app:
            found = await correlating.listing(
                await operations_of(app), waiting=waiting, below=None, limit=PAGE
            )
        table = Table(
            Column("id", no_wrap=True, min_width=UUID_LENGTH),
            "state",
            "name",
            "key",
            "came",
            "until",
            box=None,
        )
        for one in found:
            until = one.expires_at or one.given_up_at
            texts = (escape(one.name), escape(one.key), _moment(one.at), _moment(until))
            table.add_row(one.id, one.state, *texts)
        Console().print(table)
        return 0

    return uvloop.run(act())


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%SZ}"
