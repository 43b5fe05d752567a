"""The load profiles: L1, a campaign's files at once, and L4, requests at a steady pace."""

import asyncio
import os
from collections import Counter
from collections.abc import Collection, Sequence

import aiohttp

from mtd.core.orders.json import write_json
from mtd.core.orders.mapping import Mapping
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.runtime.app import TENANT
from mtd.runtime.clock import elapsed_s
from mtd.runtime.generator import generate
from mtd.runtime.rehearsal import usage
from mtd.runtime.rehearsal.feeding import feed
from mtd.runtime.rehearsal.figures import Check, Figure, Report, percentile
from mtd.runtime.rehearsal.load import files
from mtd.runtime.rehearsal.stage import Stage, intake_folder
from mtd.runtime.rehearsal.standing import concluded, settled, until
from mtd.store import gauges
from mtd.store.gauges import Life

CAMPAIGN = 14_551
ADDED = 400
CAMPAIGN_S = 190.0
RAISE_PERCENT = 10.0

REQUESTS_PER_S = 8.34
"""500 a minute."""
ACCEPT_P99_MS = 200.0
NO_ANSWER = 0
"""In place of a status, where the connection failed."""


async def campaign(
    stage: Stage, dialects: Sequence[Mapping], seed: int, first: int, added: int
) -> Report:
    """L1: `first` files at once, `added` when half of them came in; until all have ended."""
    now = stage.app.clock.now()
    early, late = list(generate(seed, first, now)), list(generate(seed + 1, added, now))
    early_files, late_files = list(files(early, dialects)), list(files(late, dialects))
    began_s, cpu_before_s = elapsed_s(), usage.tree_cpu_s(os.getpid())
    await feed(intake_folder(stage.app), early_files)
    await until(stage, lambda states: states.total() >= first // 2)
    await feed(intake_folder(stage.app), late_files)
    await settled(stage, first + added)
    took_s, cpu_s = elapsed_s() - began_s, usage.tree_cpu_s(os.getpid()) - cpu_before_s
    lives = await gauges.lives(stage.app.store, TENANT)
    return Report(
        figures=_campaign_figures(took_s, cpu_s, lives, {order.key for order in late}),
        checks=await concluded(stage, [*early, *late]),
    )


async def requests(stage: Stage, seed: int, seconds: float) -> Report:
    """L4: orders by the API for `seconds` at the usual pace, then for as long at twice that."""
    figures: list[Figure] = []
    checks: list[Check] = []
    sent: list[PurchaseOrder] = []
    for factor in (1, 2):
        per_s = REQUESTS_PER_S * factor
        count = max(1, int(seconds * per_s))
        batch = list(generate(seed + factor, count, stage.app.clock.now()))
        statuses, took_ms = await _posted(stage.api, batch, per_s)
        sent += batch
        figures += _request_figures(f"at {per_s:.2f}/s", took_ms)
        checks.append(_accepted(f"at {per_s:.2f}/s", statuses))
    await settled(stage, len(sent))
    return Report(figures=figures, checks=[*checks, *await concluded(stage, sent)])


async def _posted(
    api: aiohttp.ClientSession, batch: Sequence[PurchaseOrder], per_s: float
) -> tuple[Counter[int], list[float]]:
    """Statuses and milliseconds of one request an order, each sent when its time has come."""
    statuses: Counter[int] = Counter()
    took_ms: list[float] = []

    async def post(order: PurchaseOrder) -> None:
        body = write_json(order)
        began_s = elapsed_s()
        try:
            headers = {"Content-Type": "application/json"}
            async with api.post("/orders", data=body, headers=headers) as answer:
                await answer.read()
                statuses[answer.status] += 1
        except (aiohttp.ClientError, TimeoutError):
            statuses[NO_ANSWER] += 1
        took_ms.append((elapsed_s() - began_s) * 1000)

    began_s = elapsed_s()
    async with asyncio.TaskGroup() as group:
        for n, order in enumerate(batch):
            await asyncio.sleep(max(0.0, began_s + n / per_s - elapsed_s()))
            group.create_task(post(order))
    return statuses, took_ms


def _campaign_figures(
    took_s: float, cpu_s: float, lives: Sequence[Life], late: Collection[str]
) -> list[Figure]:
    of_all = [_lasted_s(one) for one in lives]
    of_first = [_lasted_s(one) for one in lives if one.key not in late]
    p95_all, p95_first = percentile(of_all, 0.95), percentile(of_first, 0.95)
    return [
        Figure(name="orders", value=len(lives), unit="orders"),
        Figure(
            name="from the first file to the last end",
            value=took_s,
            unit="s",
            at_most=CAMPAIGN_S,
        ),
        Figure(name="orders a second", value=len(lives) / took_s, unit="orders/s"),
        Figure(
            name="CPU of everything, simulators included",
            value=1000 * cpu_s / len(lives),
            unit="s/1,000",
        ),
        Figure(name="an order, p50", value=percentile(of_all, 0.50), unit="s"),
        Figure(name="an order, p95, those of the first batch", value=p95_first, unit="s"),
        Figure(name="an order, p95, with those added", value=p95_all, unit="s"),
        Figure(
            name="p95 raised by those added",
            value=100 * (p95_all / p95_first - 1),
            unit="%",
            at_most=RAISE_PERCENT,
        ),
    ]


def _lasted_s(life: Life) -> float:
    return (life.last_at - life.began_at).total_seconds()


def _request_figures(at: str, took_ms: Sequence[float]) -> list[Figure]:
    return [
        Figure(name=f"requests {at}", value=len(took_ms), unit="requests"),
        Figure(name=f"answered {at}, p50", value=percentile(took_ms, 0.50), unit="ms"),
        Figure(
            name=f"answered {at}, p99",
            value=percentile(took_ms, 0.99),
            unit="ms",
            at_most=ACCEPT_P99_MS,
        ),
    ]


def _accepted(at: str, statuses: Counter[int]) -> Check:
    told = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
    return Check(name=f"every request accepted {at}", passed=set(statuses) == {202}, told=told)
