"""Chaos: workers and PostgreSQL killed while orders come in, and how soon all goes on as before."""

import asyncio
import os
import signal
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from statistics import median

import msgspec

from mtd.core.orders.mapping import Mapping
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.runtime.app import TENANT
from mtd.runtime.clock import elapsed_s
from mtd.runtime.database import persisted
from mtd.runtime.rehearsal.crew import server
from mtd.runtime.rehearsal.feeding import feed
from mtd.runtime.rehearsal.figures import Check, Figure, Report
from mtd.runtime.rehearsal.orders.generator import generate
from mtd.runtime.rehearsal.stage import Stage, intake_folder
from mtd.runtime.rehearsal.stress.doubts import credit, known
from mtd.runtime.rehearsal.stress.load import files
from mtd.runtime.rehearsal.stress.standing import concluded, settled
from mtd.runtime.supervising import Child
from mtd.store.ids import SLOTS
from mtd.store.operations import gauges

PAUSE_S = (25.0, 40.0)
"""Between two kills."""
ORDERS_PER_S = 8.34
POSTGRES_SHARE = 0.4
"""Of the kills; the others are of workers."""
POSTGRES = "PostgreSQL"
ORPHANED = 1
"""Parent of a process whose own has died."""
TAKEOVER_S = 20.0
FULL_SPEED_S = 10.0
FULL = 0.9
"""Of the pace before a kill: what counts as full speed."""
LOOK_S = 0.2
LIMIT_S = 60.0
"""Nobody waits longer for a takeover, or for PostgreSQL."""


class Kill(msgspec.Struct, frozen=True, kw_only=True):
    """One kill, and when things were as they should be."""

    what: str
    at: datetime
    back_after_s: float
    """Of a worker: until its slots were another's. Of PostgreSQL: until it answered."""


async def kills(stage: Stage, dialects: Sequence[Mapping], seed: int, count: int) -> Report:
    """Kill `count` times while orders are fed; then let everything end."""
    chance = Random(seed)  # noqa: S311 the same each time, on purpose
    began = (await gauges.reading(stage.app.store, TENANT)).now
    stopping = asyncio.Event()
    feeding = asyncio.create_task(_feed(stage, dialects, seed, stopping))
    done: list[Kill] = []
    of_postgres = [n < count * POSTGRES_SHARE for n in range(count)]
    chance.shuffle(of_postgres)
    for postgres in of_postgres:
        await asyncio.sleep(chance.uniform(*PAUSE_S))
        done.append(await (kill_postgres(stage) if postgres else kill_worker(stage, chance)))
    await asyncio.sleep(PAUSE_S[0])
    stopping.set()
    sent = await feeding
    await settled(stage, len(sent))
    pace = await gauges.steps(stage.app.store, TENANT, began)
    of_workers = sum(kill.what != POSTGRES for kill in done)
    return Report(
        figures=figures(done, pace, len(sent)),
        checks=[
            delivered(done, count),
            *await concluded(stage, sent, killed=of_workers),
            *await known(stage, len(sent)),
        ],
    )


async def _feed(
    stage: Stage, dialects: Sequence[Mapping], seed: int, stopping: asyncio.Event
) -> list[PurchaseOrder]:
    """An order file now and then, whatever happens; the orders."""
    sent: list[PurchaseOrder] = []
    began_s = elapsed_s()
    while not stopping.is_set():
        due = int((elapsed_s() - began_s) * ORDERS_PER_S) - len(sent)
        if due > 0:
            batch = list(generate(seed + len(sent), due, stage.app.clock.now()))
            await feed(intake_folder(stage.app), files(batch, dialects))
            await credit(stage.app, str(seed), range(len(sent), len(sent) + due))
            sent += batch
        await asyncio.sleep(LOOK_S)
    return sent


async def kill_worker(stage: Stage, chance: Random) -> Kill:
    """Kill one worker; it is over when every slot belongs to somebody who lives."""
    victim = chance.choice(await _all_at_work(stage))
    if victim.pid is None:
        raise RuntimeError(f"{victim.name} ended of itself a moment before it was to be killed")
    name = f"pid {victim.pid}"
    began_s, at = elapsed_s(), stage.app.clock.now()
    os.kill(victim.pid, signal.SIGKILL)
    while elapsed_s() - began_s < LIMIT_S:
        names, owned = await persisted(lambda: gauges.workers(stage.app.store, TENANT))
        if name not in names and owned == SLOTS:
            break
        await asyncio.sleep(LOOK_S)
    return Kill(what=victim.name, at=at, back_after_s=elapsed_s() - began_s)


async def _all_at_work(stage: Stage) -> list[Child]:
    """The workers, once each has a row: whoever has none yet has nothing to be taken over.

    Raises RuntimeError when that takes longer than LIMIT_S.
    """
    workers = [child for child in stage.children if child.name.startswith("worker")]
    began_s = elapsed_s()
    while elapsed_s() - began_s < LIMIT_S:
        names, _ = await persisted(lambda: gauges.workers(stage.app.store, TENANT))
        if all(f"pid {child.pid}" in names for child in workers):
            return workers
        await asyncio.sleep(LOOK_S)
    raise RuntimeError(f"not all of {len(workers)} workers are at work {LIMIT_S:.0f} s later")


async def kill_postgres(stage: Stage) -> Kill:
    """Kill PostgreSQL's postmaster; it is over when another one's backend answers.

    A backend of the dead one may still answer, once.
    """
    postmaster = await persisted(lambda: server(stage.app))
    if postmaster is None:
        raise RuntimeError("PostgreSQL runs on another machine and cannot be killed from here")
    began_s, at = elapsed_s(), stage.app.clock.now()
    os.kill(postmaster, signal.SIGKILL)
    while elapsed_s() - began_s < LIMIT_S:
        if await persisted(lambda: server(stage.app)) not in (None, ORPHANED, postmaster):
            break
        await asyncio.sleep(LOOK_S)
    return Kill(what=POSTGRES, at=at, back_after_s=elapsed_s() - began_s)


def delivered(done: Sequence[Kill], count: int) -> Check:
    """Every kill hit somebody, and what it hit was made good."""
    late = [f"{kill.what} at {kill.at:%H:%M:%S}" for kill in done if kill.back_after_s >= LIMIT_S]
    told = f"{len(done)} of {count}"
    if late:
        told += f"; not back after {LIMIT_S:.0f} s: {', '.join(late)}"
    return Check(
        name="every kill delivered, and made good",
        passed=len(done) == count and not late,
        told=told,
    )


def figures(done: Sequence[Kill], pace: dict[datetime, int], sent: int) -> list[Figure]:
    """How many kills there were of each kind, and how soon all went on as before."""
    takeovers = [kill.back_after_s for kill in done if kill.what != POSTGRES]
    outages = [kill for kill in done if kill.what == POSTGRES]
    found = [
        Figure(name="orders fed meanwhile", value=sent, unit="orders"),
        Figure(name="kills of a worker", value=len(takeovers), unit=""),
        Figure(name="kills of PostgreSQL", value=len(outages), unit=""),
    ]
    if takeovers:
        found += [
            Figure(name="takeover, median", value=median(takeovers), unit="s"),
            Figure(name="takeover, worst", value=max(takeovers), unit="s", at_most=TAKEOVER_S),
        ]
    if outages:
        speeds = [full_speed_s(kill, pace) for kill in outages]
        found += [
            Figure(
                name="PostgreSQL back, worst",
                value=max(kill.back_after_s for kill in outages),
                unit="s",
            ),
            Figure(
                name="full speed after that, worst",
                value=max(speeds),
                unit="s",
                at_most=FULL_SPEED_S,
            ),
        ]
    return found


def full_speed_s(kill: Kill, pace: dict[datetime, int]) -> float:
    """Seconds from PostgreSQL's return to the end of the first whole second at full speed.

    That is FULL of the median steps a second in the ten seconds before its kill.
    """
    before = kill.at.replace(microsecond=0)
    usual = median(pace.get(before - timedelta(seconds=n), 0) for n in range(1, 11))
    back = kill.at + timedelta(seconds=kill.back_after_s)
    begun = back.replace(microsecond=0)
    for n in range(1, int(LIMIT_S)):
        second = begun + timedelta(seconds=n)
        if pace.get(second, 0) >= FULL * usual:
            return (second - back).total_seconds() + 1.0
    return LIMIT_S
