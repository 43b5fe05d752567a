"""Loading: years of orders are made up, so that the portal has something to look through."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from structlog import get_logger

from mtd.runtime.app import TENANT, App
from mtd.runtime.clock import elapsed_s
from mtd.runtime.rehearsal.figures import Figure
from mtd.store.counts import history
from mtd.store.counts.history import TIDIED, History
from mtd.store.sessions import ENGINE, OWNER, Session

LOG = get_logger()
Job = Callable[[Session], Awaitable[None]]
"""Something that a lane does with its session."""
YEARS = timedelta(days=730)
RUNNING = 18_000
STRAGGLER = 30_011
EXCEPTIONS_SHARE = 55
CHUNK = 100_000
"""Orders in one statement: a few seconds."""
JOURNALS_CHUNK = 5_000
LANES = 2
"""Jobs at once: as many as the machine has cores."""
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
    owner = Session(app.store.dsn, OWNER)
    async with history.writing(owner):
        await _together(app, [*_orders(app, made), *_steps(made)])
        LOG.info("orders and counts", seconds=round(elapsed_s() - began_s))
        await _together(app, [*_journals(made, real, journals), *_rest(made, real)])
        LOG.info("journals", seconds=round(elapsed_s() - began_s))
    LOG.info("index", seconds=round(elapsed_s() - began_s))
    async with app.store.door(TENANT) as connection:
        await history.files(connection, TENANT, FILES)
    await owner.close()
    await asyncio.gather(*(_tidied(app, what) for what in TIDIED))
    took_s = elapsed_s() - began_s
    wanted = LIMIT_S if made.total >= FULL else None
    figure = Figure(name=f"loading {made.total:,} orders", value=took_s, unit="s", at_most=wanted)
    return [figure], {"short": real[0], "long": real[1]}


async def _together(app: App, jobs: Iterable[Job]) -> None:
    """Do them in their order, as many at once as there are lanes."""
    left = iter(jobs)

    async def lane() -> None:
        engine = Session(app.store.dsn, ENGINE)
        try:
            for job in left:
                await job(engine)
        finally:
            await engine.close()

    await asyncio.gather(*(lane() for _ in range(LANES)))


def _orders(app: App, made: History) -> Iterator[Job]:
    """Orders with their keys, and what would have become of them."""
    for first in range(1, made.total + 1, CHUNK):
        yield partial(_chunk, app, made, first, min(made.total, first + CHUNK - 1))


async def _chunk(app: App, made: History, first: int, last: int, engine: Session) -> None:
    async with app.store.door(TENANT) as connection:
        await history.orders(connection, made, first, last)
    await history.courses(engine, made, first, last)


def _steps(made: History) -> Iterator[Job]:
    """What would have been counted of steps, a span of time after the other."""
    since = made.at(1)
    while since < made.until:
        until = min(made.until, since + STEPS_SPAN)
        yield partial(_span, made, since, until)
        since = until + timedelta(hours=1)


async def _span(made: History, since: datetime, until: datetime, engine: Session) -> None:
    await history.steps(engine, made, since, until)


def _journals(made: History, real: list[str], journals: int) -> Iterator[Job]:
    """The journals of the last orders."""
    for first in range(max(1, made.total - journals + 1), made.total + 1, JOURNALS_CHUNK):
        last = min(made.total, first + JOURNALS_CHUNK - 1)
        yield partial(_journal, made, real, first, last)


async def _journal(made: History, real: list[str], first: int, last: int, engine: Session) -> None:
    await history.journals(engine, made, real, first, last)


def _rest(made: History, real: list[str]) -> Iterator[Job]:
    """One journal that is very long, and what waits for people."""

    async def rest(engine: Session) -> None:
        await history.lengthen(engine, TENANT, real[1], LONG)
        await history.troubles(engine, made, TASKS)

    yield rest


async def _tidied(app: App, what: str) -> None:
    owner = Session(app.store.dsn, OWNER)
    try:
        await history.tidy(owner, what)
    finally:
        await owner.close()
