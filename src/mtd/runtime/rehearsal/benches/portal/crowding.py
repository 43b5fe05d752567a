"""Crowding: many viewers at once, and pages whose questions never end, beside the engine."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Generator, Iterable, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from statistics import harmonic_mean, median

from mtd.runtime.app import TENANT, App
from mtd.runtime.rehearsal.benches.engine import Bench
from mtd.runtime.rehearsal.benches.portal.visiting import Visitor
from mtd.runtime.rehearsal.figures import Figure
from mtd.runtime.supervising import Child
from mtd.store.operations import gauges
from mtd.store.sessions import PORTAL
from mtd.store.store import DOOR_CONNECTIONS_MAX, Store

VIEWERS = 300
WATCH_S = 10.0
SETTLE_S = 3.0
STUCK_S = 3600.0
PAIRS = 5
PAIR_ORDERS = 10_000
KEPT_PERCENT = 95.0


async def viewers(app: App, visitor: Visitor, others: Sequence[Child]) -> list[Figure]:
    """The commits a second with one viewer and with many; everybody but the portal stands still."""
    with _still(others):
        one = await _commits_per_s(app, visitor, 1)
        many = await _commits_per_s(app, visitor, VIEWERS)
    return [
        Figure(name="commits with one viewer", value=one, unit="1/s"),
        Figure(name=f"commits with {VIEWERS} viewers", value=many, unit="1/s", at_most=one * 1.1),
    ]


async def stuck(app: App, bench: Bench) -> list[Figure]:
    """The engine's pace with as many stuck portal connections as there may be, and without."""
    await asyncio.to_thread(os.sync)  # what was done before has its writing behind it
    kept: list[float] = []
    for n in range(PAIRS):
        paces: dict[bool, list[float]] = {True: [], False: []}
        first = n % 2 == 0
        for crowded in (first, not first, not first, first):  # what drifts meanwhile meets both
            async with _stuck(app) if crowded else nullcontext():
                paces[crowded].append((await bench.drain(PAIR_ORDERS // 2))[0].value)
        kept.append(100 * harmonic_mean(paces[True]) / harmonic_mean(paces[False]))
    return [
        Figure(
            name=f"pace beside {DOOR_CONNECTIONS_MAX} stuck portal connections, median of {PAIRS}",
            value=median(kept),
            unit="%",
            at_least=KEPT_PERCENT,
        ),
        Figure(name="  of these the lowest", value=min(kept), unit="%"),
        Figure(name="  and the highest", value=max(kept), unit="%"),
    ]


@asynccontextmanager
async def _stuck(app: App) -> AsyncGenerator[None]:
    """Every connection of a portal asks what takes longer than it may, again and again."""
    store = await Store.open(app.store.dsn, settings=PORTAL)
    asking = [asyncio.create_task(_ask(store)) for _ in range(DOOR_CONNECTIONS_MAX)]
    try:
        yield
    finally:
        for one in asking:
            one.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        await store.close()


async def _ask(store: Store) -> None:
    while True:
        try:
            async with store.door(TENANT) as connection:
                await gauges.never_answered(connection, STUCK_S)
        except Exception:  # noqa: BLE001 the server gives up for us: that is the point
            await asyncio.sleep(0)


async def _commits_per_s(app: App, visitor: Visitor, count: int) -> float:
    watching = [asyncio.create_task(_watch(visitor)) for _ in range(count)]
    try:
        await asyncio.sleep(SETTLE_S)
        began = await gauges.reading(app.store, TENANT)
        await asyncio.sleep(WATCH_S)
        ended = await gauges.reading(app.store, TENANT)
    finally:
        for one in watching:
            one.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
    return (ended.commits - began.commits) / (ended.now - began.now).total_seconds()


async def _watch(visitor: Visitor) -> None:
    async with visitor.session.get("/live", timeout=None) as answer:
        async for _ in answer.content:
            pass


@contextmanager
def _still(children: Iterable[Child]) -> Generator[None]:
    pids = [child.pid for child in children if child.pid is not None]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
