"""Working: one worker, from its enrolment to its clean end."""

import asyncio
import os
import random
from collections.abc import Mapping

import structlog

from mtd.connectors.contract import Connector
from mtd.connectors.wire import Wires
from mtd.runtime.app import App
from mtd.runtime.arriving import Arriving
from mtd.runtime.engine import Buried, Engine
from mtd.runtime.hands import Hands
from mtd.runtime.ownership import Ownership
from mtd.runtime.turn import turn
from mtd.store.ids import uuid7
from mtd.store.waking import woken

LOG = structlog.get_logger()
STOP_S = 15.0
"""A clean stop waits so long for attempts under way; the longest takes 11.9 s."""


async def work(app: App, connectors: Mapping[str, Connector], stopping: asyncio.Event) -> None:
    """Turn until told to stop; buried, begin anew as another worker."""
    wires = Wires(app.settings.legacy, environment=os.environ, now=app.clock.now)
    try:
        while not stopping.is_set():
            try:
                await _career(app, connectors, wires, stopping)
            except Buried as buried:
                LOG.warning("this worker was buried and begins anew", worker=str(buried))
    finally:
        await wires.close()


async def _career(
    app: App, connectors: Mapping[str, Connector], wires: Wires, stopping: asyncio.Event
) -> None:
    worker = await app.store.enroll(f"pid {os.getpid()}", uuid7(app.clock.now(), os.urandom(10)))
    ownership = Ownership(worker)
    engine = _engine(app, ownership)
    hands = Hands(
        connectors=connectors,
        legacy=app.settings.legacy,
        wires=wires,
        clock=app.clock,
        meters=app.meters,
        answered=engine.answered,
        postponed=engine.postponed,
        may_send=engine.may_send,
    )
    engine.give_hands(hands)
    chores = [asyncio.create_task(ownership.keep()), asyncio.create_task(_listen(app, engine))]
    try:
        await ownership.beat()
        while not stopping.is_set():
            await turn(engine)
        await _finish(engine, hands)
        await worker.retire()
    finally:
        for chore in chores:
            chore.cancel()
        await worker.close()


async def _finish(engine: Engine, hands: Hands) -> None:
    """Begin nothing more; keep the answers of what is under way."""
    engine.stopping = True
    resting = asyncio.create_task(hands.stop())
    async with asyncio.timeout(STOP_S):
        while not resting.done() or engine.busy:
            await turn(engine)


async def _listen(app: App, engine: Engine) -> None:
    async for _ in woken(app.store.dsn):
        engine.nudge()


def _engine(app: App, ownership: Ownership) -> Engine:
    return Engine(
        ownership=ownership,
        arriving=Arriving(
            ownership=ownership, library=app.library, vault=app.vault, clock=app.clock
        ),
        clock=app.clock,
        meters=app.meters,
        chance=random.random,
        batch_max=app.settings.worker.batch_max,
        live_max=app.settings.worker.live_max,
    )
