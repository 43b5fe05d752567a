"""The load profiles: L1, a campaign's files at once, and L4, requests at a steady pace."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import aiohttp

from mtd.core.orders.json import write_json
from mtd.core.orders.mapping import Mapping
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.runtime.app import TENANT
from mtd.runtime.clock import elapsed_s
from mtd.runtime.rehearsal.feeding import feed
from mtd.runtime.rehearsal.figures import Check, Figure, Report, percentile
from mtd.runtime.rehearsal.ledgers import checked
from mtd.runtime.rehearsal.load import files, orders
from mtd.runtime.rehearsal.outcome import placed
from mtd.runtime.rehearsal.stage import Stage, intake_folder
from mtd.store import gauges
from mtd.store.gauges import Life

CAMPAIGN = 14_551
ADDED = 400
CAMPAIGN_S = 190.0
RAISE_PERCENT = 10.0
PATIENCE_S = 900.0
"""What has not ended by then is lost, or stuck: the checks will tell."""
LOOK_S = 0.5

REQUESTS_PER_S = 8.34
ACCEPT_P99_MS = 200.0


async def campaign(
    stage: Stage, dialects: tuple[Mapping, ...], seed: int, first: int, added: int
) -> Report:
    """L1: `first` files at once, `added` when half of them came in; until all have ended."""
    now = stage.app.clock.now()
    early = orders(seed, first, now)
    late = orders(seed + 1, added, now)
    early_files, late_files = list(files(early, dialects)), list(files(late, dialects))
    began_s = elapsed_s()
    await feed(intake_folder(stage.app), early_files)
    await _until(stage, lambda taken, _: taken >= first // 2)
    added_at = (await gauges.reading(stage.app.store, TENANT)).now
    await feed(intake_folder(stage.app), late_files)
    await _until(stage, lambda _, ended: ended >= first + added)
    took_s = elapsed_s() - began_s
    lives = await gauges.lives(stage.app.store, TENANT)
    return Report(
        figures=_campaign_figures(first + added, took_s, lives, added_at),
        checks=await concluded(stage, [*early, *late]),
    )


async def requests(stage: Stage, seed: int, seconds: float) -> Report:
    """L4: orders by the API for `seconds` at the usual pace, then at twice that."""
    figures: list[Figure] = []
    checks: list[Check] = []
    sent: list[PurchaseOrder] = []
    for factor in (1, 2):
        per_s = REQUESTS_PER_S * factor
        batch = orders(seed + factor, max(1, int(seconds * per_s)), stage.app.clock.now())
        statuses, took_ms = await _posted(stage.api, batch, per_s)
        sent += batch
        at = f"at {per_s:.2f}/s"
        figures += [
            Figure(name=f"requests {at}", value=len(batch), unit="requests"),
            Figure(name=f"accepted in {at}, p50", value=percentile(took_ms, 0.5), unit="ms"),
            Figure(
                name=f"accepted in {at}, p99",
                value=percentile(took_ms, 0.99),
                unit="ms",
                at_most=ACCEPT_P99_MS,
            ),
        ]
        told = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
        checks.append(
            Check(name=f"every request accepted {at}", passed=set(statuses) == {202}, told=told)
        )
    await _until_orders_end(stage, len(sent))
    return Report(figures=figures, checks=[*checks, *await concluded(stage, sent)])


async def concluded(stage: Stage, sent: list[PurchaseOrder]) -> list[Check]:
    """What must hold in the end: every order closed, or seen by people; the ledgers agree."""
    counts = (await stage.counts())["orders"]
    left = {one.key: one for one in await gauges.unsettled(stage.app.store, TENANT)}
    closed = [order.key for order in sent if order.key not in left]
    unseen = [key for key, one in left.items() if not one.seen]
    told = ", ".join(f"{state} {count}" for state, count in sorted(counts.items()))
    lost = len(sent) - sum(counts.values())
    return [
        Check(name="no order lost", passed=lost == 0, told=f"{len(sent)} sent; {told}"),
        Check(
            name="every order ended as planned",
            passed=counts.get("CLOSED", 0) == len(sent),
            told=told,
        ),
        Check(
            name="whatever did not end is seen as an incident",
            passed=not unseen,
            told=", ".join(unseen[:5]),
        ),
        *await checked(stage.town, closed),
    ]


async def _until(stage: Stage, done: "Done") -> None:
    """Until `done`, told how many files were taken in and how many came to their end."""
    began_s = elapsed_s()
    while elapsed_s() - began_s < PATIENCE_S:
        counts = await stage.counts()
        places = placed(counts["files"])
        moving = places["in_process"] + places["on_hold"] + places["exception"]
        if done(sum(counts["orders"].values()), sum(places.values()) - moving):
            return
        await asyncio.sleep(LOOK_S)
