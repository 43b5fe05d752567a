"""Attempts: the share that fails by counterpart or step, and counterparts that answer nobody."""

from collections.abc import Callable
from datetime import datetime, timedelta

from mtd.runtime.alerts.measuring import (
    History,
    Measure,
    Remedy,
    Sight,
    minute,
    windowed,
)
from mtd.runtime.settings.alerts import CounterpartDown, ErrorRate
from mtd.store.alerts import sightings
from mtd.store.alerts.sightings import Attempts, AttemptsThen
from mtd.store.operations.standings import Filter

FAILED = "TECHNICAL_FAILURE"
"""The code of incidents after the last attempt."""


async def rate(sight: Sight, asked: ErrorRate) -> list[Measure]:
    """The share that failed lately; of few attempts nothing is said."""
    return [
        Measure(
            scope=one.scope,
            observed=one.failures / one.attempts,
            bound=asked.share,
            fires=_fails(asked, one.attempts, one.failures),
            affected=one.failures,
            facts=_facts(one, asked.window_s) | {"by": asked.by},
            path="/exceptions",
            remedy=_remedy(one, step=asked.by == "step"),
        )
        for one in await _lately(sight, asked.by, asked.window_s)
        if not asked.only or one.scope == asked.only
    ]


async def down(sight: Sight, asked: CounterpartDown) -> list[Measure]:
    """Counterparts of which nobody got an answer lately."""
    return [
        Measure(
            scope=one.scope,
            observed=one.failures,
            bound=asked.failures_min,
            fires=_is_down(asked, one.attempts, one.failures),
            affected=one.failures,
            facts=_facts(one, asked.window_s) | {"by": "counterpart"},
            path="/exceptions",
            remedy=_remedy(one, step=False),
        )
        for one in await _lately(sight, "counterpart", asked.window_s)
    ]


async def rate_past(sight: Sight, asked: ErrorRate, since: datetime, until: datetime) -> History:
    """Windows side by side."""

    def judged(one: AttemptsThen) -> tuple[float, bool]:
        wanted = not asked.only or one.scope == asked.only
        fires = wanted and _fails(asked, one.attempts, one.failures)
        return one.failures / one.attempts, fires

    return await _past(sight, asked.by, asked.window_s, since, until, judged)


async def down_past(
    sight: Sight, asked: CounterpartDown, since: datetime, until: datetime
) -> History:
    """Windows side by side."""

    def judged(one: AttemptsThen) -> tuple[float, bool]:
        return one.failures, _is_down(asked, one.attempts, one.failures)

    return await _past(sight, "counterpart", asked.window_s, since, until, judged)


async def _lately(sight: Sight, by: str, window_s: int) -> list[Attempts]:
    since = minute(sight.now - timedelta(seconds=window_s))
    return await sightings.attempts(
        sight.connection, sight.tenant, by, since, sight.now + timedelta(minutes=1)
    )


async def _past(
    sight: Sight,
    by: str,
    window_s: int,
    since: datetime,
    until: datetime,
    judged: Callable[[AttemptsThen], tuple[float, bool]],
) -> History:
    counted = await sightings.tallied_since(sight.connection, sight.tenant)
    found = await sightings.attempts_past(
        sight.connection, sight.tenant, by, since, until, window_s
    )
    points = [
        windowed(one.scope, one.bucket, window_s, observed, fires=fires)
        for one in found
        for observed, fires in [judged(one)]
    ]
    return History(points=points, since=None if counted is None else max(counted, since))


def _fails(asked: ErrorRate, attempts: int, failures: int) -> bool:
    return attempts >= asked.attempts_min and failures / attempts >= asked.share


def _is_down(asked: CounterpartDown, attempts: int, failures: int) -> bool:
    return failures == attempts >= asked.failures_min


def _facts(one: Attempts, window_s: int) -> dict[str, str | float | None]:
    return {"attempts": one.attempts, "failures": one.failures, "window_s": window_s}


def _remedy(one: Attempts, *, step: bool) -> Remedy:
    """Orders whose attempts are used up; of a step, those that stand there."""
    element = one.element if step else None
    return Remedy(action="retry", filter=Filter(code=FAILED, element=element))
