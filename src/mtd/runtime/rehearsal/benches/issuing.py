"""Issuing under load: orders whose document is issued, sent and accepted, with all that takes."""

import asyncio
from typing import Any

from mtd.core.tax.document import STANDS
from mtd.runtime.app import TENANT
from mtd.runtime.clock import elapsed_s
from mtd.runtime.rehearsal.benches.engine import Feeder
from mtd.runtime.rehearsal.figures import Figure, Report
from mtd.runtime.rehearsal.stage import Stage
from mtd.runtime.rehearsal.stress import ledgers
from mtd.store.operations import gauges

CUSTOMER = "issuing"
FOLDER = "benchmarks/issuing"
ORDERS_PER_S = 150.0
WARM_UP = 200
LIMIT_S = 300.0
LOOK_S = 0.1
TOWN: dict[str, Any] = {"latency_scale": 0, "time_scale": 0, "default_faults": False}
"""A simulated authority that answers at once, and really verifies."""


async def issued_and_sent(stage: Stage, orders: int) -> Report:
    """How fast `orders` come to a document that the authority has accepted; two workers."""
    feeder = await Feeder.of(stage.app)
    await feeder.take_in(feeder.orders(WARM_UP))
    await _accepted(stage, WARM_UP)
    waiting = feeder.orders(orders)
    began_s = elapsed_s()
    await feeder.take_in(waiting)
    issued_s = await _signed(stage, WARM_UP + orders) - began_s
    accepted_s = await _accepted(stage, WARM_UP + orders) - began_s
    documents = await gauges.documented(stage.app.store, TENANT)
    keys = [one.key for one in documents]
    return Report(
        figures=[
            Figure(name="orders issued", value=orders / issued_s, unit="orders/s"),
            Figure(
                name="orders issued, sent and accepted",
                value=orders / accepted_s,
                unit="orders/s",
                at_least=ORDERS_PER_S,
            ),
        ],
        checks=[ledgers.documented(documents, await ledgers.held(stage.town), keys)],
    )


async def _signed(stage: Stage, count: int) -> float:
    """When so many documents were signed."""
    return await _until(stage, count, frozenset())


async def _accepted(stage: Stage, count: int) -> float:
    """When so many documents were accepted."""
    return await _until(stage, count, STANDS)


async def _until(stage: Stage, count: int, states: frozenset[str]) -> float:
    async with asyncio.timeout(LIMIT_S):
        while True:
            found = await gauges.documents(stage.app.store, TENANT)
            if sum(n for state, n in found.items() if not states or state in states) >= count:
                return elapsed_s()
            await asyncio.sleep(LOOK_S)
