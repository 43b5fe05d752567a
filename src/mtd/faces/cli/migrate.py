"""`mtd migrate NAME`: let running instances go on with another version of their definition."""

import sys
from typing import Annotated

import msgspec
import uvloop
from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from mtd.faces.cli.changes import pair, show_preview
from mtd.faces.cli.naming import me
from mtd.faces.cli.starting import opened
from mtd.runtime.app import TENANT
from mtd.runtime.operations.changing import Plan, migrated, planned
from mtd.runtime.operations.operations import Conflict, NotFound
from mtd.store.deployed.definitions import Unknown


def migrate(
    name: str,
    *instances: str,
    old: Annotated[int, Parameter(name="--from", help="The version they run on.")],
    new: Annotated[int, Parameter(name="--to", help="The version to go on with.")],
    map: Annotated[  # noqa: A002 the option's name
        list[str] | None, Parameter(help="A=B: element A is B there; equal ids need no word.")
    ] = None,
    plan: Annotated[bool, Parameter(help="Show the plan, and change nothing.")] = False,
    reason: str = "",
    json: bool = False,
    customer: str = "default",
) -> int:
    """Migrate all running instances, or those named by their ids; the plan is shown first.

    Each follows by itself, whole or not at all; one that cannot stays untouched and says why.
    Exit code 1 when any cannot follow.
    """
    try:
        mapping = dict(pair(one, "=") for one in map or ())
        ids = (f"{name}@{old}", f"{name}@{new}")
        return uvloop.run(_migrate(ids, instances, mapping, plan, reason, json, customer))
    except (Conflict, NotFound, Unknown) as error:
        print(f"mtd migrate: {error}", file=sys.stderr)
        return 1


async def _migrate(
    ids: tuple[str, str],
    instances: tuple[str, ...],
    mapping: dict[str, str],
    only_plan: bool,
    reason: str,
    json: bool,
    customer: str,
) -> int:
    if not only_plan and not reason:
        raise Conflict("a migration needs a --reason; or look at the --plan first")
    async with opened(customer) as app:
        plan = await planned(app, TENANT, *ids, mapping, instances)
        if not only_plan:
            plan = await migrated(app, TENANT, plan, mapping, me(), reason)
    if json:
        print(msgspec.json.format(msgspec.json.encode(plan)).decode())
    else:
        _show(plan, only_plan)
    return 1 if any(one.refused is not None for one in plan.instances) else 0


def _show(plan: Plan, only_plan: bool) -> None:
    console = Console(highlight=False)
    table = Table(plan.old, plan.new, box=None)
    for source, target in plan.mapping.items():
        if source != target:
            table.add_row(source, target or "[red]nothing[/]")
    if table.row_count:
        console.print(table)
    for one in plan.instances:
        show_preview(one)
    able = sum(one.refused is None for one in plan.instances)
    told = f"{able} of {len(plan.instances)} can follow"
    console.print(told if only_plan else f"{told}; {plan.asked} were told to")
