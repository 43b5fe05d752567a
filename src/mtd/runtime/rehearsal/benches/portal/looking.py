"""Looking: the portal over years of made-up orders, while real ones come in."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncGenerator

from structlog import get_logger

from mtd.core.orders.states import FINAL
from mtd.runtime.app import TENANT, App
from mtd.runtime.clock import elapsed_s
from mtd.runtime.desk.figures.figures import EVER
from mtd.runtime.desk.people.accounts import Accounts, By
from mtd.runtime.rehearsal.benches.engine import PACE_PER_MIN, Feeder
from mtd.runtime.rehearsal.benches.portal.crowding import viewers
from mtd.runtime.rehearsal.benches.portal.loading import load, made_up
from mtd.runtime.rehearsal.benches.portal.visiting import Visitor, pages, visited
from mtd.runtime.rehearsal.figures import Figure
from mtd.runtime.rehearsal.stage import Stage
from mtd.store.counts import figures
from mtd.store.counts.figures import Scope
from mtd.store.ids import uuid7
from mtd.store.orders import board
from mtd.store.orders.board import Row, Sought

LOG = get_logger()
CUSTOMER = "demo"
TOWN = {"latency_scale": 0, "time_scale": 0, "default_faults": False}
SERVER = {"max_wal_size": "8GB"}
"""So that loading is not all checkpoints: as many rows as of years are written in minutes."""
LOGIN = "bench"
ROLES = ("supervisor", "process_owner", "administrator")
"""Together they see every page."""
REAL = 100
"""Orders that really run before, whose journals the made-up ones get."""
REAL_LIMIT_S = 120.0
LOOK_S = 0.5
MANY_AT_ONCE = 50
"""Orders made in one go, so that making them is no work of each second."""


async def looked_through(stage: Stage, orders: int, journals: int) -> list[Figure]:
    """The figures of every page over so many orders, and of many viewers."""
    app = stage.app
    feeder = await Feeder.of(app)
    real = await _real(app, feeder)
    elements = await _elements(app)
    made = made_up(app, orders, real[0].definition, elements)
    LOG.info("loading", orders=orders)
    found, known = await load(app, made, [row.id for row in real], min(journals, orders))
    LOG.info("loaded", seconds=round(found[0].value))
    password = secrets.token_urlsafe(12)
    await Accounts(app, TENANT).add(LOGIN, "Bench", password, ROLES, None, By(actor="bench"))
    visitor = await Visitor.signed_in(stage.portal_url, LOGIN, password)
    try:
        old = uuid7(made.at(orders // 50 + 1), b"\0" * 10)
        async with _coming_in(feeder):
            number, definition = real[0].external_id, real[0].definition
            found += await visited(visitor, pages(known, number, old, definition))
        portal = [child for child in stage.children if child.name == "portal"]
        others = [child for child in stage.children if child not in portal]
        found += await viewers(app, visitor, others)
    finally:
        await visitor.close()
    return found


async def _real(app: App, feeder: Feeder) -> list[Row]:
    """Orders that ran to their end."""
    await feeder.take_in(feeder.orders(REAL))
    until_s = elapsed_s() + REAL_LIMIT_S
    final = Sought(states=tuple(FINAL))
    while elapsed_s() < until_s:
        async with app.store.door(TENANT) as connection:
            done = await board.page(connection, TENANT, final, board.PAGE_MAX)
        if len(done) >= REAL // 2:
            return done
        await asyncio.sleep(LOOK_S)
    raise RuntimeError("the first orders do not come to their end")


async def _elements(app: App) -> tuple[str, ...]:
    """Where something was called, as the statistics tell."""
    scope = Scope(grain="day", since=EVER, until=app.clock.now())
    until_s = elapsed_s() + REAL_LIMIT_S
    while elapsed_s() < until_s:
        async with app.store.door(TENANT) as connection:
            found = await figures.steps(connection, TENANT, scope)
        if elements := tuple(sorted({one.element for one in found if one.attempts})):
            return elements
        await asyncio.sleep(LOOK_S)
    raise RuntimeError("nobody counts the journal")


@contextlib.asynccontextmanager
async def _coming_in(feeder: Feeder) -> AsyncGenerator[None]:
    """Orders come in at a steady pace for as long as this is open."""
    coming = asyncio.create_task(_come_in(feeder))
    try:
        yield
    finally:
        coming.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await coming


async def _come_in(feeder: Feeder) -> None:
    every_s = 60 / PACE_PER_MIN
    due_s = elapsed_s()
    while True:
        for order in feeder.orders(MANY_AT_ONCE):
            await asyncio.sleep(max(0.0, due_s - elapsed_s()))
            await feeder.take_in([order])
            due_s += every_s
