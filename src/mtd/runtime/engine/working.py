"""Working: one worker, from its enrolment to its clean end."""

import asyncio
import os
import random
from collections.abc import Mapping

import structlog

from mtd.connectors.contract import Connector
from mtd.connectors.settings import BadLegacySettings
from mtd.connectors.tax.issuers import by_tax_id
from mtd.connectors.wire import Wires
from mtd.runtime.app import TENANT, App
from mtd.runtime.database import persisted
from mtd.runtime.engine.adopting import Adopting
from mtd.runtime.engine.arriving import Arriving
from mtd.runtime.engine.engine import Engine
from mtd.runtime.engine.keeping import Keeper
from mtd.runtime.engine.ownership import Buried, Ownership
from mtd.runtime.engine.turn import turn
from mtd.runtime.hands.breakers import Breakers
from mtd.runtime.hands.calling import Calling
from mtd.runtime.hands.hands import Hands
from mtd.runtime.hands.pauses import LOOK_S, Pauses
from mtd.runtime.settings.lifetimes import Lifetimes
from mtd.runtime.settings.settings import BadSettings
from mtd.runtime.tax.desks import Desks
from mtd.runtime.tax.enclosing import Mailrooms
from mtd.runtime.tax.post.opening import check_offices, open_offices
from mtd.runtime.tax.stewarding import Steward
from mtd.store.engine.housekeeping import expire_messages, forget_erased
from mtd.store.engine.waking import woken
from mtd.store.engine.worker import Worker
from mtd.store.ids import uuid7
from mtd.store.server.soundness import doubts

LOG = structlog.get_logger()
STOP_S = 15.0
"""A clean stop waits so long for attempts under way; the longest exchange takes 11.9 s."""
TIDY_S = 20.0
"""How often messages are looked through for those whose time to live is over."""
QUEUE_SHARE = 4
"""No legacy's line may hold more than a quarter of what a worker's memory holds."""


async def work(app: App, connectors: Mapping[str, Connector], stopping: asyncio.Event) -> None:
    """Turn until told to stop; buried, begin anew as another worker.

    Raises BadSettings when a secret that the settings refer to is not there.
    """
    try:
        wires = Wires(app.settings.legacy, environment=os.environ, now=app.clock.now)
    except BadLegacySettings as error:
        raise BadSettings(str(error)) from error
    check_offices(app)
    app.library.watch(TENANT)
    try:
        await persisted(lambda: _look_around(app))
        while not stopping.is_set():
            try:
                await _career(app, connectors, wires, stopping)
            except Buried as buried:
                LOG.warning("this worker was buried and begins anew", worker=str(buried))
    finally:
        await wires.close()


async def _look_around(app: App) -> None:
    """Say what of the database would break a promise of ours."""
    async with app.store.door(TENANT) as connection:
        for doubt in await doubts(connection):
            LOG.error("the database is not sound", doubt=doubt)


async def _career(
    app: App, connectors: Mapping[str, Connector], wires: Wires, stopping: asyncio.Event
) -> None:
    worker = await persisted(lambda: _enrolled(app))
    ownership = Ownership(worker)
    desks = Desks(worker, app.vault, app.clock.now, app.book)
    mailrooms = Mailrooms(worker, app.vault, by_tax_id(app.settings.issuers), app.clock.now)
    engine = _engine(app, ownership, connectors)
    pauses = Pauses(worker)
    calling = Calling(
        connectors=connectors,
        wires=wires,
        clock=app.clock,
        meters=app.meters,
        keep=Keeper(worker, app.vault).keep,
        lay=lambda intent: desks.lay(intent.tenant, intent.instance, intent.effect, intent.sealing),
        mailroom=lambda intent: mailrooms.lay(intent.tenant, intent.instance),
    )
    hands = Hands(
        calling,
        legacy=app.settings.legacy,
        queue_max=max(1, app.settings.worker.live_max // QUEUE_SHARE),
        chance=random.random,
        answered=engine.answered,
        put_off=engine.put_off,
        may_send=engine.may_send,
        paused_by=pauses.over,
    )
    engine.give_hands(hands)
    await persisted(pauses.look)
    offices = open_offices(
        app, worker, wires, desks.keyring, lambda legacy: _may_send_for(legacy, ownership, pauses)
    )
    beginning, lifetimes = app.beginning(), app.lifetimes()
    chores = [
        asyncio.create_task(ownership.keep()),
        asyncio.create_task(_listen(app, engine)),
        asyncio.create_task(beginning.keep()),
        asyncio.create_task(app.conditions().keep()),
        asyncio.create_task(_tidy(app, worker)),
        asyncio.create_task(_heed(pauses, Breakers(worker, hands), engine)),
        asyncio.create_task(desks.stock.tend()),
        asyncio.create_task(Steward(app, worker).keep()),
        *(asyncio.create_task(office.keep()) for office in offices),
    ]
    try:
        while not stopping.is_set():
            await turn(engine, lifetimes)
        await _finish(engine, lifetimes)
        await worker.retire()
    finally:
        hands.abandon()
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)
        for office in offices:
            await office.close()
        await worker.close()


def _may_send_for(legacy: str, ownership: Ownership, pauses: Pauses) -> frozenset[int]:
    """The slots whose issuers' mail this worker may send to an authority at this moment."""
    worker = ownership.worker
    silent = ownership.paused or ownership.buried or not worker.holds()
    if silent or pauses.holds(TENANT, legacy):
        return frozenset()
    return worker.slots - ownership.draining


async def _enrolled(app: App) -> Worker:
    return await app.store.enroll(f"pid {os.getpid()}", uuid7(app.clock.now(), os.urandom(10)))


async def _finish(engine: Engine, lifetimes: Lifetimes) -> None:
    """Begin nothing more; keep the answers of what is under way, and park the rest."""
    engine.stop()
    try:
        async with asyncio.timeout(STOP_S):
            while not engine.at_rest:
                await turn(engine, lifetimes)
    except TimeoutError:
        LOG.error("attempts are still under way; whoever comes after takes them for made")


async def _listen(app: App, engine: Engine) -> None:
    try:
        async for _ in woken(app.store.dsn):
            engine.nudge()
    except Exception:  # the engine looks by itself, only later
        LOG.exception("nobody wakes this worker any more")


async def _tidy(app: App, worker: Worker) -> None:
    """Whoever has the first slot sets messages aside that nobody took in time, and forgets whom
    the law lets go.
    """
    while True:
        await asyncio.sleep(TIDY_S)
        if min(worker.slots, default=None) != 0:
            continue
        try:
            if expired := await expire_messages(worker):
                app.meters.expired.inc(expired)
                LOG.warning("messages that nobody took were given up", count=expired)
            if erased := await forget_erased(worker):
                LOG.info("what was kept of erased persons need be kept no longer", keys=erased)
        except Exception as error:  # noqa: BLE001 whatever it is, the next time tells
            LOG.warning("messages are not tidied", problem=type(error).__name__)


async def _heed(pauses: Pauses, breakers: Breakers, engine: Engine) -> None:
    """Look at what people pause and lift, and at what they say of systems that were down."""
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            if await pauses.look():
                engine.reconsider(pauses.is_open)
            await pauses.wake()
            await breakers.look()
        except Exception as error:  # noqa: BLE001 whatever it is, the next look tells
            LOG.warning("pauses are not looked at", problem=type(error).__name__)


def _engine(app: App, ownership: Ownership, connectors: Mapping[str, Connector]) -> Engine:
    return Engine(
        ownership=ownership,
        arriving=Arriving(
            ownership=ownership,
            library=app.library,
            adopting=Adopting(connectors, app.settings.legacy),
            clock=app.clock,
        ),
        vault=app.vault,
        clock=app.clock,
        meters=app.meters,
        chance=random.random,
        batch_max=app.settings.worker.batch_max,
        live_max=app.settings.worker.live_max,
    )
