"""Loading: years of orders are made up, so that the portal has something to look through."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

from mtd.runtime.app import TENANT, App
from mtd.runtime.clock import elapsed_s
from mtd.runtime.rehearsal.figures import Figure
from mtd.store.counts import history
from mtd.store.counts.history import History
from mtd.store.sessions import ENGINE, Session

YEARS = timedelta(days=730)
RUNNING = 18_000
STRAGGLER = 30_011
EXCEPTIONS_SHARE = 55
CHUNK = 100_000
"""Orders in one statement: a few seconds."""
LANES = 2
"""Chunks at once: as many as the machine has cores."""
TASKS = 600
FILES = 154
STEPS_SPAN = timedelta(days=30)
LONG = 20_000
"""Rows of the longest journal."""
LIMIT_S = 600.0
"""In which 5,000,000 orders are to be loaded."""
FULL = 5_000_000


def made_up(app: App, orders: int, definition: str, elements: tuple[str, ...]) -> History:
    """So many orders of two years until now."""
    return History(
        tenant=TENANT,
        total=orders,
        running=min(RUNNING, orders // 10),
        straggler=STRAGGLER,
        until=app.clock.now(),
        every=YEARS / orders,
        definition=definition,
        elements=elements,
        zone=app.settings.time_zone,
    )


async def load(
    app: App, made: History, real: list[str], journals: int
) -> tuple[list[Figure], dict[str, str]]:
    """Load it; how long it took, and an order with a short journal and one with a long one."""
    began_s = elapsed_s()
    chunks = iter(range(1, made.total + 1, CHUNK))
    await asyncio.gather(*(_lane(app, made, chunks) for _ in range(LANES)))
    engine = Session(app.store.dsn, ENGINE)
    try:
        await _steps(engine, made)
        last = made.total
        for first in range(max(1, last - journals + 1), last + 1, CHUNK // 10):
            await history.journals(engine, made, real, first, min(last, first + CHUNK // 10 - 1))
        await history.lengthen(engine, TENANT, real[1], LONG)
        await history.troubles(engine, made, TASKS)
    finally:
        await engine.close()
    async with app.store.door(TENANT) as connection:
        await history.files(connection, TENANT, FILES)
    owner = Session(app.store.dsn, {})
    await history.tidy(owner)
    await owner.close()
    took_s = elapsed_s() - began_s
    wanted = LIMIT_S if made.total >= FULL else None
    figure = Figure(name=f"loading {made.total:,} orders", value=took_s, unit="s", at_most=wanted)
    return [figure], {"short": real[0], "long": real[1]}


async def _lane(app: App, made: History, chunks: Iterator[int]) -> None:
    engine = Session(app.store.dsn, ENGINE)
    try:
        for first in chunks:
            last = min(made.total, first + CHUNK - 1)
            async with app.store.door(TENANT) as connection:
                await history.orders(connection, made, first, last)
            await history.courses(engine, made, first, last)
    finally:
        await engine.close()


async def _steps(engine: Session, made: History) -> None:
    since = made.at(1)
    while since < made.until:
        until = min(made.until, since + STEPS_SPAN)
        await history.steps(engine, made, since, until)
        since = until + timedelta(hours=1)
