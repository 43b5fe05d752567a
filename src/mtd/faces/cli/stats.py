"""`mtd stats`: the counts by hour and day are made anew from the journal, or held against it."""

from zoneinfo import ZoneInfo

import uvloop
from cyclopts import App
from rich.console import Console

from mtd.faces.cli.starting import opened
from mtd.runtime.counts.rebuilding import Verdict
from mtd.runtime.counts.rebuilding import rebuild as rebuilt
from mtd.runtime.counts.rebuilding import verify as verified
from mtd.store.sessions import COUNTER, Session

stats = App(name="stats")


@stats.command
def rebuild(*, customer: str = "default") -> int:
    """Count the whole journal anew; whoever counts meanwhile waits, and nobody else does."""
    return uvloop.run(_rebuild(customer))


@stats.command
def verify(*, customer: str = "default") -> int:
    """Compare the counts with the journal; differences are named, and the exit code is 1."""
    return uvloop.run(_verify(customer))


async def _rebuild(customer: str) -> int:
    async with opened(customer) as app:
        session = Session(app.store.dsn, COUNTER)
        try:
            async with session.use() as connection:
                instances = await rebuilt(connection, ZoneInfo(app.settings.time_zone))
        finally:
            await session.close()
    Console(highlight=False).print(f"the journals of {instances} instances are counted")
    return 0


async def _verify(customer: str) -> int:
    console = Console(highlight=False)
    async with opened(customer) as app:
        session = Session(app.store.dsn, COUNTER)
        try:
            async with session.use() as connection:
                found: Verdict = await verified(connection, ZoneInfo(app.settings.time_zone))
        finally:
            await session.close()
    for one in found.findings:
        console.print(f"[red]{one.table}[/]  {one.key}: {one.counted}; the journal: {one.journal}")
    console.print(
        f"{found.rows} counts, {found.instances} instances, {len(found.findings)} differences"
    )
    return 1 if found.findings else 0
