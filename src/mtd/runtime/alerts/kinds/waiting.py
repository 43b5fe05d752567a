"""Waiting: files that could not be read and wait for a person (I7)."""

from datetime import datetime

from mtd.runtime.alerts.measuring import History, Measure, Point, Remedy, Sight, counted
from mtd.runtime.settings.alerts import Waiting
from mtd.store.alerts import sightings
from mtd.store.alerts.sightings import PAST_MAX, Waited
from mtd.store.arriving.intake import ATTEMPTS_MAX
from mtd.store.operations.standings import Filter


async def measure(sight: Sight, asked: Waiting) -> list[Measure]:
    """Files in the waiting queue now."""
    found = await sightings.waiting(sight.connection, sight.tenant, asked.by)
    if not found:
        return [counted(0, asked.more_than)]
    return [
        counted(
            one.count,
            asked.more_than,
            scope=one.scope,
            facts={"since": one.since.isoformat()},
            path="/files",
            remedy=None if one.scope else Remedy(action="push", filter=Filter()),
        )
        for one in found
    ]


async def past(sight: Sight, asked: Waiting, since: datetime, until: datetime) -> History:
    """From when to when more files waited than may, by their failures and what people decided."""
    found = await sightings.waiting_past(
        sight.connection, sight.tenant, asked.by, since, ATTEMPTS_MAX
    )
    points = [
        point
        for scope in sorted({one.scope for one in found})
        for point in _levels(scope, [one for one in found if one.scope == scope], until, asked)
    ]
    return History(points=points, since=since, complete=len(found) < PAST_MAX)


def _levels(scope: str, waits: list[Waited], until: datetime, asked: Waiting) -> list[Point]:
    """How many waited between each two changes."""
    steps = sorted([(one.since, 1) for one in waits] + [(one.until or until, -1) for one in waits])
    points: list[Point] = []
    level = 0
    for n, (at, step) in enumerate(steps):
        level += step
        end = steps[n + 1][0] if n + 1 < len(steps) else at
        points.append(Point(scope, at, end, level, level > asked.more_than))
    return points
