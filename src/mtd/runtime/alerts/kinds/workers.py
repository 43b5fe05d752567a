"""Workers: fewer of them than there should be."""

from datetime import datetime

from msgspec.structs import replace

from mtd.runtime.alerts.kinds.readings import history
from mtd.runtime.alerts.measuring import History, Measure, Point, Sight
from mtd.runtime.settings.alerts import WorkersMissing
from mtd.store.alerts import sightings
from mtd.store.alerts.sightings import Reading

AGE_MAX_S = 3_600
"""Workers that are there for longer are not starting, whatever a rule says (`starting_s`)."""
AGES_S = 5
"""Readings of younger ones are apart by so much of the eldest's age: rules differ in it."""
ANY_AGE = ""


async def measure(sight: Sight, asked: WorkersMissing) -> list[Measure]:
    """Those whose leases hold; as MTD starts, some are there before the others."""
    count, eldest = await sightings.workers(sight.connection, sight.now)
    wanted = _wanted(sight, asked)
    age_s = None if eldest is None else (sight.now - eldest).total_seconds()
    starts = age_s is not None and age_s < asked.starting_s
    missing = max(0, wanted - count)
    fires = missing > 0 and not starts
    return [
        Measure(
            observed=count, bound=wanted, fires=fires, affected=missing, read_as=_age(age_s)
        )
    ]  # fmt: skip


async def past(sight: Sight, asked: WorkersMissing, since: datetime, until: datetime) -> History:
    """From what was measured, save while the eldest of the workers had only just come."""
    wanted = _wanted(sight, asked)

    def fired(one: Reading) -> tuple[float, bool]:
        starts = one.scope != ANY_AGE and int(one.scope) < asked.starting_s
        return one.least, one.least < wanted and not starts

    found = await history(sight, reads(asked), since, until, fired)
    points = [Point("", one.at, one.until, one.observed, one.fires) for one in found.points]
    return replace(found, points=points)


def reads(_: WorkersMissing) -> str:
    """The name of its readings."""
    return "workers"


def _wanted(sight: Sight, asked: WorkersMissing) -> int:
    return asked.fewer_than or sight.app.settings.worker.count


def _age(age_s: float | None) -> str:
    """As what a reading is kept while the eldest of the workers is so old; None: there is none."""
    if age_s is None or age_s >= AGE_MAX_S:
        return ANY_AGE
    return str(max(0, int(age_s)) // AGES_S * AGES_S)
