"""The engine's benchmark: ten do-nothing steps an order, from a backlog and at a steady pace."""

import asyncio
import itertools
import secrets
import time
from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.connectors.contract import Attempt, Connector, Repeat
from mtd.connectors.wire import Wire
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Answer, Done
from mtd.runtime.app import TENANT, App, surroundings
from mtd.runtime.clock import elapsed_s
from mtd.runtime.definitions.library import Library
from mtd.runtime.receiving import Receiving
from mtd.runtime.rehearsal import usage
from mtd.runtime.rehearsal.crew import Crew, server
from mtd.runtime.rehearsal.figures import Figure, percentile
from mtd.runtime.rehearsal.orders.generator import generate
from mtd.store.arriving.arrival import Accepted
from mtd.store.operations import gauges
from mtd.store.operations.gauges import Gap, Reading

STEPS = 10
"""Service tasks of the drawing."""
TOGETHER = 500
"""Orders in one delivery to the door."""
MADE_FOR_ONE = 20
"""Orders that are made at most, for one of them to have a single line; every third has."""
WARM_UP = 1_000
SEED_MAX = 1_000_000_000
"""Of the generated orders, so that no run meets the orders of one before it."""
PACE_PER_MIN = 500
DRAIN_LIMIT_S = 600.0

ORDERS_PER_S = 1_500.0
CPU_S_PER_1000 = 1.3
WAL_KB = 10.0
LATENCY_P99_MS = 5.0


async def nothing(_: Attempt, __: Wire) -> Answer:
    """Do nothing, and say so."""
    return Done()


NOTHING = {"nothing.do": Connector("nothing.do", nothing, Repeat.LOCAL)}
"""The one connector of the benchmark's drawings."""


def equipped(app: App) -> App:
    """`app`, with a library that knows NOTHING."""
    around = msgspec.structs.replace(surroundings(app.settings), connectors=frozenset(NOTHING))
    return msgspec.structs.replace(app, library=Library(app.store, around, app.meters.metered))


class Feeder:
    """Takes generated orders in by the real door."""

    def __init__(self, app: App, receiving: Receiving) -> None:
        self._app = app
        self._receiving = receiving
        self._seeds = itertools.count(secrets.randbelow(SEED_MAX))
        self.cpu_s = 0.0
        """CPU seconds of this process for making arrivals of orders and delivering them."""
        self.bytes = 0
        """Content of the orders, as JSON."""

    @classmethod
    async def of(cls, app: App) -> "Feeder":
        """The feeder of an app whose drawings are deployed."""
        return cls(app, await app.receiving())

    def orders(self, count: int) -> list[PurchaseOrder]:
        """`count` orders of one line, a good 1 KB each, that were never seen before."""
        made = generate(next(self._seeds), count * MADE_FOR_ONE, self._app.clock.now())
        return list(itertools.islice((order for order in made if len(order.lines) == 1), count))

    async def take_in(self, orders: Sequence[PurchaseOrder]) -> None:
        """Deliver `orders`, TOGETHER at a time. Raises RuntimeError when one is not accepted."""
        began_s = time.process_time()
        for start in range(0, len(orders), TOGETHER):
            part = orders[start : start + TOGETHER]
            arrivals = [self._receiving.arrival(order, "bench", None) for order in part]
            self.bytes += sum(len(arrival.content.ciphertext) for arrival in arrivals)
            for receipt in await self._app.store.deliver(arrivals):
                if not isinstance(receipt, Accepted):
                    raise RuntimeError(f"the door did not accept an order: {receipt}")
        self.cpu_s += time.process_time() - began_s


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is counted, at one moment."""

    reading: Reading
    postgres_s: float
    workers_s: float
    door_s: float


class Bench:
    """A crew at work on the ten steps, and a feeder for it."""

    def __init__(self, app: App, crew: Crew, feeder: Feeder, postmaster: int | None) -> None:
        self._app = app
        self.crew = crew
        self._feeder = feeder
        self._postmaster = postmaster

    @classmethod
    async def warmed_up(cls, app: App, crew: Crew) -> "Bench":
        """The bench of an app whose drawings are deployed, its crew having worked already."""
        feeder = await Feeder.of(app)
        await feeder.take_in(feeder.orders(WARM_UP))
        await crew.idle(DRAIN_LIMIT_S)
        return cls(app, crew, feeder, await server(app))

    async def drain(self, orders: int) -> list[Figure]:
        """The figures of `orders` that all wait when the crew is let go; the first is the pace."""
        waiting = self._feeder.orders(orders)
        bytes_before = self._feeder.bytes
        began = await self._mark()
        with self.crew.held():
            await self._feeder.take_in(waiting)
            laid = await self._mark()
        await self.crew.idle(DRAIN_LIMIT_S)
        done = await self._mark()
        last = await gauges.last_step(self._app.store, TENANT, laid.reading.now)
        if last is None:
            raise RuntimeError("no step was taken")
        content_kb = (self._feeder.bytes - bytes_before) / orders / 1000
        return [
            *_throughput(orders, began, laid, done, last),
            Figure(name="content of an order, sealed", value=content_kb, unit="KB"),
        ]

    async def pace(self, seconds: float) -> list[Figure]:
        """How long each step follows the one before it when little is to be done."""
        every_s = 60 / PACE_PER_MIN
        orders = self._feeder.orders(max(1, int(seconds / every_s)))
        since = (await gauges.reading(self._app.store, TENANT)).now
        due_s = elapsed_s()
        for order in orders:
            await asyncio.sleep(max(0.0, due_s - elapsed_s()))
            await self._feeder.take_in([order])
            due_s += every_s
        await self.crew.idle(DRAIN_LIMIT_S)
        return _latency(await gauges.gaps(self._app.store, TENANT, since))

    async def _mark(self) -> Mark:
        postmaster = self._postmaster
        return Mark(
            reading=await gauges.reading(self._app.store, TENANT),
            postgres_s=usage.family_cpu_s(postmaster) if postmaster else float("nan"),
            workers_s=self.crew.cpu_s(),
            door_s=self._feeder.cpu_s,
        )


def _throughput(orders: int, began: Mark, laid: Mark, done: Mark, last: datetime) -> list[Figure]:
    per_s = orders / (last - laid.reading.now).total_seconds()
    thousands, kb = orders / 1000, orders * 1000
    door_s = laid.door_s - began.door_s + laid.postgres_s - began.postgres_s
    workers_s = done.workers_s - laid.workers_s
    postgres_s = done.postgres_s - laid.postgres_s
    door_kb = (laid.reading.wal_bytes - began.reading.wal_bytes) / kb
    turns_kb = (done.reading.wal_bytes - laid.reading.wal_bytes) / kb
    commits = done.reading.commits - laid.reading.commits
    return [
        Figure(name="from backlog", value=per_s, unit="orders/s", at_least=ORDERS_PER_S),
        Figure(
            name="durable steps",
            value=per_s * STEPS,
            unit="steps/s",
            at_least=ORDERS_PER_S * STEPS,
        ),
        Figure(
            name="CPU, engine and PostgreSQL",
            value=(workers_s + postgres_s) / thousands,
            unit="s/1,000",
            at_most=CPU_S_PER_1000,
        ),
        Figure(name="  of which workers", value=workers_s / thousands, unit="s/1,000"),
        Figure(name="  of which PostgreSQL", value=postgres_s / thousands, unit="s/1,000"),
        Figure(name="CPU, the door before that", value=door_s / thousands, unit="s/1,000"),
        Figure(name="WAL", value=door_kb + turns_kb, unit="KB/order", at_most=WAL_KB),
        Figure(name="  of which the door", value=door_kb, unit="KB/order"),
        Figure(name="  of which the turns", value=turns_kb, unit="KB/order"),
        Figure(name="orders a commit", value=orders / max(1, commits), unit="orders"),
    ]


def _latency(gaps: Sequence[Gap]) -> list[Figure]:
    steps = [gap.gap_s * 1000 for gap in gaps if gap.seq > 1]
    starts = [gap.gap_s * 1000 for gap in gaps if gap.seq == 1]
    at = f"at {PACE_PER_MIN} orders/min"
    return [
        Figure(name=f"a step {at}, p50", value=percentile(steps, 0.50), unit="ms"),
        Figure(
            name=f"a step {at}, p99",
            value=percentile(steps, 0.99),
            unit="ms",
            at_most=LATENCY_P99_MS,
        ),
        Figure(
            name="from the door to the first step, p50", value=percentile(starts, 0.50), unit="ms"
        ),
        Figure(
            name="from the door to the first step, p99", value=percentile(starts, 0.99), unit="ms"
        ),
    ]
