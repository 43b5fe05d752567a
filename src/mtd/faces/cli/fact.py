"""`mtd fact`: what is so in the world, over which conditional start events watch."""

import sys
from typing import Any

import msgspec
import uvloop
from cyclopts import App
from rich.console import Console
from rich.table import Table

from mtd.faces.cli.naming import me
from mtd.faces.cli.starting import opened, operations_of
from mtd.runtime.operations import telling
from mtd.runtime.operations.operations import Conflict, amounts

fact = App(name="fact")
CUSTOMER = "default"


@fact.command(name="list")
def listing(*, customer: str = CUSTOMER) -> int:
    """List what is so, and who said so."""

    async def act() -> int:
        async with opened(customer) as app:
            found = await telling.told(await operations_of(app))
        table = Table("fact", "value", "since", "said by", box=None)
        for one in found:
            since = f"{one.changed_at:%Y-%m-%d %H:%M:%SZ}"
            table.add_row(one.name, one.value.decode(), since, one.changed_by)
        Console(highlight=False, markup=False).print(table)
        return 0

    return uvloop.run(act())


@fact.command(name="set")
def tell(*facts: str, customer: str = CUSTOMER) -> int:
    """Say what is so from now on: NAME=VALUE; what is no JSON is text."""
    pairs = [one.partition("=") for one in facts]
    if not facts or not all(name and equals for name, equals, _ in pairs):
        print("mtd fact: say NAME=VALUE")
        return 1

    async def act() -> int:
        async with opened(customer) as app:
            operations = await operations_of(app)
            changes = {name: _value(text) for name, _, text in pairs}
            try:
                begun = await telling.tell(operations, changes, me())
            except Conflict as error:
                print(f"mtd fact: {error}", file=sys.stderr)
                return 1
        for one in begun:
            print(f"begun: {one.definition} at {one.element}, instance {one.instance}")
        return 0

    return uvloop.run(act())


def _value(text: str) -> Any:
    try:
        return amounts(text.encode())
    except msgspec.DecodeError:
        return text
