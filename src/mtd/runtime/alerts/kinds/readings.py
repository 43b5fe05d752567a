"""Readings: the past of what no table keeps a history of, from what was measured while it ran."""

from collections.abc import Callable
from datetime import datetime, timedelta

from mtd.runtime.alerts.measuring import READ_EVERY_S, History, Point, Sight
from mtd.store.alerts import sightings
from mtd.store.alerts.sightings import PAST_MAX, Reading


async def history(
    sight: Sight,
    measure: str,
    since: datetime,
    until: datetime,
    fired: Callable[[Reading], tuple[float, bool]],
) -> History:
    """What the readings of `measure` say; `fired`: what was observed, and whether it fires."""
    found = await sightings.readings(sight.connection, sight.tenant, measure, since, until)
    points: list[Point] = []
    for one in found:
        observed, fires = fired(one)
        end = one.at + timedelta(seconds=READ_EVERY_S)
        points.append(Point(one.scope, one.at, end, observed, fires))
    return History(
        points=points,
        since=min((one.at for one in found), default=None),
        complete=len(found) < PAST_MAX,
    )


def above(more_than: float) -> Callable[[Reading], tuple[float, bool]]:
    """What was observed at its most, and whether that was more than there may be."""
    return lambda one: (one.most, one.most > more_than)
