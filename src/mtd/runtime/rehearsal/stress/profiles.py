"""L4: requests at a steady pace, and how soon each was accepted."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import aiohttp

from mtd.core.orders.json import write_json
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.runtime.clock import elapsed_s
from mtd.runtime.rehearsal.figures import Check, Figure, Report, percentile
from mtd.runtime.rehearsal.orders.generator import generate
from mtd.runtime.rehearsal.stage import Stage
from mtd.runtime.rehearsal.stress.standing import concluded, settled

REQUESTS_PER_S = 8.34
"""500 a minute."""
ACCEPT_P99_MS = 200.0
NO_ANSWER = 0
"""In place of a status, where the connection failed."""


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
