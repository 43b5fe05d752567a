"""`mtd audit`: whether what people did stands as it was recorded."""

from pathlib import Path
from typing import Annotated

import uvloop
from cyclopts import App, Parameter
from rich.console import Console

from mtd.faces.cli.starting import opened
from mtd.runtime.app import TENANT
from mtd.runtime.desk.auditing import ANCHOR_FILE, Verdict, anchor_of, seal
from mtd.runtime.desk.auditing import verify as verified

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
