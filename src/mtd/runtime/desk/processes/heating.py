"""Heat: how a drawing is coloured by what happened at its elements, against the period before."""

import math
from collections.abc import Callable, Mapping
from datetime import timedelta

import msgspec

from mtd.core.process.definition import Definition
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.figures import figures
from mtd.runtime.desk.figures.figures import ElementFigures
from mtd.runtime.desk.people.person import Person

FREQUENCY, TIME, FAILURES, SLA = "frequency", "time", "failures", "sla"
MODES = (FREQUENCY, TIME, FAILURES, SLA)
PERIODS = {
    "1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}  # fmt: skip
USUAL = "24h"
LEVELS = 5
"""Shades; the hottest element has the strongest."""


class Heat(msgspec.Struct, frozen=True, kw_only=True):
    """How hot an element was."""

    value: float
    """Tokens that came; milliseconds that half of them stood at most; a share of 0 to 1."""
    before: float | None
    """In the period before; None: there is nothing to compare with."""
    level: int
    """0 to LEVELS."""


async def heats(
    desk: Desk, person: Person, shown: Definition, mode: str, period: str
) -> dict[str, Heat]:
    """The elements of `shown` at which something was, by id. Raises Forbidden, KeyError."""
    length, measure = PERIODS[period], _MEASURES[mode]
    now = desk.app.clock.now()
    lately = await figures.elements(desk, person, shown.id, now - length, now)
    earlier = await figures.elements(desk, person, shown.id, now - 2 * length, now - length)
    return coloured(_measured(lately, measure), _measured(earlier, measure))


def coloured(values: Mapping[str, float], before: Mapping[str, float]) -> dict[str, Heat]:
    """What was measured, in shades of the hottest."""
    hottest = max(values.values(), default=0.0)
    return {
        id_: Heat(
            value=value,
            before=before.get(id_),
            level=math.ceil(LEVELS * value / hottest) if hottest > 0 else 0,
        )
        for id_, value in values.items()
    }


def _measured(
    found: Mapping[str, ElementFigures], measure: Callable[[ElementFigures], float | None]
) -> dict[str, float]:
    values = {id_: measure(one) for id_, one in found.items()}
    return {id_: value for id_, value in values.items() if value is not None}


def _failing(one: ElementFigures) -> float | None:
    """Of attempts, those that failed; where nothing is called, incidents of what came."""
    if one.attempts:
        return one.failures / one.attempts
    return min(one.incidents / one.visits, 1.0) if one.visits else None


_MEASURES: dict[str, Callable[[ElementFigures], float | None]] = {
    FREQUENCY: lambda one: float(one.visits) or None,
    TIME: lambda one: one.rest_p50_ms,
    FAILURES: _failing,
    SLA: lambda one: one.overdue / one.leaves if one.leaves else None,
}
