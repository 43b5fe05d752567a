"""`mtd deploy FILE…`: drawings and decision tables become versions, all of them or none."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import uvloop
from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from mtd.faces.cli.faults import show_faults
from mtd.faces.cli.naming import me
from mtd.faces.cli.starting import opened
from mtd.runtime.app import TENANT
from mtd.runtime.definitions.packing import File, packed
from mtd.runtime.operations.deploying import Outcome, Refused
from mtd.runtime.operations.deploying import deploy as deployed
from mtd.runtime.settings.settings import BadSettings


def deploy(
    *files: Path,
    tag: Annotated[str, Parameter(help="A name for these versions, to bind to.")] = "",
    json: Annotated[bool, Parameter(help="What came of it, for machines.")] = False,
    customer: Annotated[str, Parameter(help="Whose durations and retries they use.")] = "default",
) -> int:
    """Deploy drawings (.bpmn, .bpm, .xpdl) with their bindings and tables, and tables (.dmn).

    New instances take the new versions; those that run keep theirs. The same bytes give the
    same version. Exit code 1, and nothing deployed, when anything in any file would not run.
    """
    try:
        return uvloop.run(_deploy(packed(files), tag, json, customer))
    except (OSError, BadSettings) as error:
        print(f"mtd deploy: {error}", file=sys.stderr)
        return 1


async def _deploy(files: list[File], tag: str, json: bool, customer: str) -> int:
    async with opened(customer) as app:
        try:
            outcome = await deployed(app, TENANT, files, me(), tag=tag)
        except Refused as refused:
            if json:
                print(_as_json({"deployed": False, "faults": refused.faults}))
            else:
                _say_why(refused)
            return 1
    if json:
        print(_as_json({"deployed": True, **msgspec.structs.asdict(outcome)}))
    else:
        _show(outcome)
    return 0


def _show(outcome: Outcome) -> None:
    console = Console()
    table = Table("name", "version", "", box=None)
    for one in (*outcome.tables, *outcome.processes):
        table.add_row(one.name, str(one.version), "deployed" if one.fresh else "known already")
    console.print(table)
    show_faults(console, outcome.warnings)


def _say_why(refused: Refused) -> None:
    console = Console(stderr=True)
    show_faults(console, refused.faults)
    console.print("[red]Nothing was deployed.[/]")


def _as_json(report: object) -> str:
    return msgspec.json.format(msgspec.json.encode(report)).decode()
