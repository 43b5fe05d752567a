"""L1, a campaign: files at once and some more midway; and what those cost the others.

What they cost is told by a second run without them: within one run nobody sees what the first
orders would have taken alone.
"""

import os
from collections.abc import Collection, Mapping, Sequence

import msgspec

from mtd.core.orders.mapping import Mapping as Dialect
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.runtime.app import TENANT
from mtd.runtime.clock import elapsed_s
from mtd.runtime.rehearsal import usage
from mtd.runtime.rehearsal.feeding import feed
from mtd.runtime.rehearsal.figures import Check, Figure, Report, percentile
from mtd.runtime.rehearsal.orders.generator import generate
from mtd.runtime.rehearsal.stage import Stage, intake_folder
from mtd.runtime.rehearsal.stress.doubts import AT_ONCE, credit, known
from mtd.runtime.rehearsal.stress.load import files
from mtd.runtime.rehearsal.stress.standing import concluded, settled, until
from mtd.store.operations import gauges

FIRST = 14_551
ADDED = 400
CAMPAIGN_S = {"paperless": 190.0, "native": 300.0}
"""From the first file to the last end, by who issues the tax documents."""
RAISE_PERCENT = 10.0


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of the campaign came to."""

    lasted_s: Mapping[str, float]
    """By order key: from the moment its file's batch was put into the folder to its last step."""
    late: Collection[str]
    """The keys of those that were added."""
    took_s: float
    cpu_s: float
    checks: list[Check]


async def campaign(
    stage: Stage, dialects: Sequence[Dialect], seed: int, first: int, added: int
) -> Played:
    """`first` files at once, `added` when half of them came in; until all have ended."""
    now = stage.app.clock.now
    early, late = list(generate(seed, first, now())), list(generate(seed + 1, added, now()))
    early_files, late_files = list(files(early, dialects)), list(files(late, dialects))
    began_s, cpu_before_s = elapsed_s(), usage.tree_cpu_s(os.getpid())
    put_at = _at(now().timestamp(), early)
    await feed(intake_folder(stage.app), early_files)
    await credit(stage.app, str(seed), range(AT_ONCE))
    if late:
        await until(stage, lambda states: states.total() >= first // 2)
        put_at |= _at(now().timestamp(), late)
        await feed(intake_folder(stage.app), late_files)
    await settled(stage, first + added)
    took_s, cpu_s = elapsed_s() - began_s, usage.tree_cpu_s(os.getpid()) - cpu_before_s
    lives = await gauges.lives(stage.app.store, TENANT)
    return Played(
        lasted_s={
            one.key: one.last_at.timestamp() - put_at[one.key] for one in lives if one.key in put_at
        },
        late=put_at.keys() & {order.key for order in late},
        took_s=took_s,
        cpu_s=cpu_s,
        checks=[*await concluded(stage, [*early, *late]), *await known(stage, AT_ONCE)],
    )


def reported(whole: Played, alone: Played | None, issuer: str) -> Report:
    """The figures of a campaign, and beside the same one without those that were added."""
    figures = _figures(whole, CAMPAIGN_S[issuer])
    if alone is None:
        return Report(figures=figures, checks=whole.checks)
    without_s = percentile([*alone.lasted_s.values()], 0.95)
    first_s = [lasted for key, lasted in whole.lasted_s.items() if key not in whole.late]
    figures += [
        Figure(name="alone: the same without those added", value=alone.took_s, unit="s"),
        Figure(name="alone: an order, p95", value=without_s, unit="s"),
        Figure(
            name="p95 raised by those added, all",
            value=_raised(percentile([*whole.lasted_s.values()], 0.95), without_s),
            unit="%",
            at_most=RAISE_PERCENT,
        ),
        Figure(
            name="p95 raised by them, the first batch",
            value=_raised(percentile(first_s, 0.95), without_s),
            unit="%",
            at_most=RAISE_PERCENT,
        ),
    ]
    others = [msgspec.structs.replace(check, name=f"alone: {check.name}") for check in alone.checks]
    return Report(figures=figures, checks=[*whole.checks, *others])


def _at(moment: float, orders: Sequence[PurchaseOrder]) -> dict[str, float]:
    return {order.key: moment for order in orders}


def _raised(measured_s: float, without_s: float) -> float:
    return 100 * (measured_s / without_s - 1)


def _figures(played: Played, at_most_s: float) -> list[Figure]:
    lasted_s = [*played.lasted_s.values()]
    count = len(lasted_s)
    return [
        Figure(name="orders", value=count, unit="orders"),
        Figure(
            name="from the first file to the last end",
            value=played.took_s,
            unit="s",
            at_most=at_most_s,
        ),
        Figure(name="orders a second", value=count / played.took_s, unit="orders/s"),
        Figure(
            name="CPU of everything, simulators included",
            value=1000 * played.cpu_s / max(1, count),
            unit="s/1,000",
        ),
        Figure(
            name="an order, file to end, p50",
            value=percentile(lasted_s, 0.50),
            unit="s",
        ),
        Figure(
            name="an order, file to end, p95",
            value=percentile(lasted_s, 0.95),
            unit="s",
        ),
    ]
