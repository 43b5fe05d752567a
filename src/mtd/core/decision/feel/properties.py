"""Properties: what a point in a path gives (DMN 1.5 tables 53, 58 and 60)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mtd.core.decision.feel.evaluation import Run
from mtd.core.decision.feel.temporal import offset_of
from mtd.core.decision.feel.values import Range, YearsMonthsDuration, admitted, is_context, is_list


def member(value: Any, name: str, run: Run) -> Any:
    """`value.name`: a context's entry, a property, or those of each item of a list; else null."""
    if is_list(value):
        run.spend(len(value))
        return [_of_one(admitted(item), name) for item in value]
    return _of_one(value, name)


def _of_one(value: object, name: str) -> Any:
    if is_context(value):
        return admitted(value.get(name))
    read = _PROPERTIES.get(type(value), {}).get(name)
    return read(value) if read else None


_Reader = Callable[[Any], Any]


def _zone(value: time | datetime) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _weekday(value: date) -> int:
    return value.isoweekday()


def _seconds(value: timedelta) -> int:
    """Whole seconds of its length; properties of a negative duration are negative."""
    return int(value.total_seconds())


def _part(value: int, unit: int, limit: int) -> int:
    """How many whole units, less those that make the next larger one; towards zero."""
    whole = abs(value) // unit % limit
    return -whole if value < 0 else whole


_DATE: dict[str, _Reader] = {
    "year": lambda value: value.year,
    "month": lambda value: value.month,
    "day": lambda value: value.day,
    "weekday": _weekday,
}
_TIME: dict[str, _Reader] = {
    "hour": lambda value: value.hour,
    "minute": lambda value: value.minute,
    "second": lambda value: value.second,
    "time offset": offset_of,
    "timezone": _zone,
}
_ENDLESS = 10**18
_PROPERTIES: dict[type, dict[str, _Reader]] = {
    date: _DATE,
    time: _TIME,
    datetime: _DATE | _TIME,
    timedelta: {
        "days": lambda value: _part(_seconds(value), 86_400, _ENDLESS),
        "hours": lambda value: _part(_seconds(value), 3600, 24),
        "minutes": lambda value: _part(_seconds(value), 60, 60),
        "seconds": lambda value: _part(_seconds(value), 1, 60),
    },
    YearsMonthsDuration: {
        "years": lambda value: _part(value.months, 12, _ENDLESS),
        "months": lambda value: _part(value.months, 1, 12),
    },
    Range: {
        "start": lambda value: value.start,
        "end": lambda value: value.end,
        "start included": lambda value: value.start_included,
        "end included": lambda value: value.end_included,
    },
}
