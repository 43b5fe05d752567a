"""Workers: fewer of them than there should be."""

from datetime import datetime, timedelta

from mtd.runtime.alerts.kinds.readings import history
from mtd.runtime.alerts.measuring import History, Measure, Sight
from mtd.runtime.settings.alerts import WorkersMissing
from mtd.store.alerts import sightings
from mtd.store.alerts.sightings import Reading


async def measure(sight: Sight, asked: WorkersMissing) -> list[Measure]:
    """Those whose leases hold; as MTD starts, some are there before the others."""
    count, eldest = await sightings.workers(sight.connection, sight.now)
    wanted = _wanted(sight, asked)
    starts = eldest is not None and sight.now - eldest < timedelta(seconds=asked.starting_s)
    missing = max(0, wanted - count)
    fires = missing > 0 and not starts
    return [Measure(observed=count, bound=wanted, fires=fires, affected=missing)]


async def past(sight: Sight, asked: WorkersMissing, since: datetime, until: datetime) -> History:
    """From what was measured."""
    wanted = _wanted(sight, asked)

    def fired(one: Reading) -> tuple[float, bool]:
        return one.least, one.least < wanted

    return await history(sight, reads(asked), since, until, fired)


def reads(_: WorkersMissing) -> str:
    """The name of its readings."""
    return "workers"


def _wanted(sight: Sight, asked: WorkersMissing) -> int:
    return asked.fewer_than or sight.app.settings.worker.count
