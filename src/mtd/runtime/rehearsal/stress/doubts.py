"""Doubts: effects of a system that can neither be asked nor told twice, held against its ledger.

Such an effect is made once at most; where nobody can know whether it was made, an open incident
says so. Whoever ended was credited once, and whoever was not credited has not ended.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from mtd.core.process.trigger import Start
from mtd.core.process.work import IN_DOUBT
from mtd.runtime.app import TENANT, App
from mtd.runtime.clock import elapsed_s
from mtd.runtime.database import persisted
from mtd.runtime.rehearsal.figures import Check
from mtd.runtime.rehearsal.stage import Stage
from mtd.runtime.rehearsal.stress.load import TOLD_ONCE
from mtd.store.arriving.arrival import Accepted, NewInstance
from mtd.store.ids import uuid7
from mtd.store.operations import gauges
from mtd.store.operations.gauges import Doubt

PROCESS = "points"
POINTS = 100
AT_ONCE = 500
"""Credits that go in together in a campaign; about fifteen come to be in doubt."""
REST_LIMIT_S = 120.0
LOOK_S = 0.5
TOLD = 5


async def credit(app: App, run: str, numbers: Sequence[int]) -> None:
    """Have these numbered credits made. Raises RuntimeError when the door does not accept one."""
    arrivals = [_arrival(app, f"{run}-{number}") for number in numbers]
    for receipt in await persisted(lambda: app.store.deliver(arrivals)):
        if not isinstance(receipt, Accepted):
            raise RuntimeError(f"the door did not accept a credit: {receipt}")


async def known(stage: Stage, count: int) -> list[Check]:
    """What must hold of `count` credits once each has ended or is in doubt, or REST_LIMIT_S later.

    A run in which none came to be in doubt has shown nothing, and says so.
    """
    began_s = elapsed_s()
    while True:
        found = await persisted(lambda: gauges.doubts(stage.app.store, TENANT, PROCESS, IN_DOUBT))
        rests = len(found) == count and all(one.ended or one.seen for one in found)
        if rests or elapsed_s() - began_s > REST_LIMIT_S:
            break
        await asyncio.sleep(LOOK_S)
    entries = await stage.town.ledger(TOLD_ONCE)
    applied = Counter(str(one["order"]) for one in entries if one["outcome"] == "applied")
    return seen(found, applied, count)


def seen(found: Sequence[Doubt], applied: Mapping[str, int], count: int) -> list[Check]:
    """Of `count` credits, by what the engine knows of each and how often the ledger has it."""
    twice = [key for key, times in applied.items() if times > 1]
    lost = [one.key for one in found if one.ended and applied.get(one.key, 0) == 0]
    unseen = [one.key for one in found if not one.ended and not one.seen]
    in_doubt = [one for one in found if not one.ended and one.seen]
    made = sum(applied.get(one.key, 0) > 0 for one in in_doubt)
    return [
        Check(
            name="no effect that cannot be repeated made twice",
            passed=not twice,
            told=f"{sum(applied.values())} for {count}" + _named(twice),
        ),
        Check(
            name="no effect in doubt unseen",
            passed=len(found) == count and not lost and not unseen,
            told=f"{len(in_doubt)} of {count} in doubt and shown, {made} of them made"
            + _named([*lost, *unseen]),
        ),
        Check(
            name="effects came to be in doubt at all",
            passed=bool(in_doubt),
            told="" if in_doubt else "nothing was shown: take more orders, or another seed",
        ),
    ]


def _arrival(app: App, key: str) -> NewInstance:
    now = app.clock.now()
    start = Start(at=now, variables={"order_key": key, "points": POINTS})
    return NewInstance(
        tenant=TENANT,
        id=uuid7(now, os.urandom(10)),
        definition=f"{PROCESS}@1",
        key=key,
        trigger=msgspec.json.encode(start),
        source="rehearsal",
        message_id=key,
    )


def _named(keys: Sequence[str]) -> str:
    return f"; wrong: {', '.join(sorted(keys)[:TOLD])}" if keys else ""
