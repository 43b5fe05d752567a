"""Timing: from a timer's text or value to the moment at which it fires (ISO 8601)."""

import calendar
import re
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from mtd.core.decision.feel.values import YearsMonthsDuration
from mtd.core.process.effect import Timer
from mtd.core.time.business_calendar import BusinessCalendar
from mtd.core.time.business_duration import BusinessDuration, business_duration, is_business

_DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?"
    r"(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_CYCLE = re.compile(r"R(?P<times>-1|\d*)/(?:(?P<start>[^P/][^/]*)/)?(?P<every>P[^/]+)(?:/.*)?")


Duration = timedelta | YearsMonthsDuration | BusinessDuration


class Place(NamedTuple):
    """Where a timer runs: what time it is there, and when people work."""

    zone: str = "UTC"
    """Of dates and times without one."""
    calendar: BusinessCalendar | None = None
    """In which `bh` and `bd` count."""


ANYWHERE = Place()
"""Where nothing is known of the place."""


def duration(text: str, calendar: BusinessCalendar | None = None) -> Duration:
    """A duration: `4 bh` or `2 bd` of `calendar`, or ISO 8601.

    ISO 8601 ones are of months, or of days and time; not of both, as FEEL has it. Raises
    ValueError that quotes what is wrong.
    """
    if is_business(text):
        if calendar is None:
            raise ValueError(f"{text!r} counts in a business calendar, and none is known")
        return business_duration(text, calendar)
    match = _DURATION.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        raise ValueError(f"{text!r} is no duration, such as PT2H, P30D, 4 bh or 2 bd")
    parts = {name: float(value) for name, value in match.groupdict("0").items() if name != "sign"}
    sign = -1 if match["sign"] else 1
    months = int(parts.pop("years") * 12 + parts.pop("months"))
    exact = timedelta(**parts)
    if months and exact:
        raise ValueError(f"{text!r} mixes months with days or time; write one or the other")
    return YearsMonthsDuration(sign * months) if months else sign * exact


def after(start: datetime, wait: Duration) -> datetime:
    """`start` later by `wait`; a month's end stays one (31 January + P1M = 28 February).

    Raises OutOfCalendar where business time leaves the years that its calendar knows.
    """
    if isinstance(wait, timedelta):
        return start + wait
    if isinstance(wait, BusinessDuration):
        return wait.after(start)
    month = start.month - 1 + wait.months
    year, month = start.year + month // 12, month % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return start.replace(year=year, month=month, day=day)


def timer(value: Any, now: datetime, place: Place = ANYWHERE) -> Timer | None:
    """The timer that `value` asks for: a duration, a date and time, or a cycle.

    A date and time without a zone is local to `place`. None when it gives no time.
    """
    try:
        if isinstance(value, timedelta | YearsMonthsDuration | BusinessDuration):
            return Timer(after(now, value))
        if isinstance(value, datetime):
            return Timer(_zoned(value, place.zone))
        return _from_text(value.strip(), now, place) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def _from_text(text: str, now: datetime, place: Place) -> Timer:
    cycle = _CYCLE.fullmatch(text)
    if cycle is not None:
        return _from_cycle(cycle, now, place)
    if text.startswith(("P", "-P")) or is_business(text):
        return Timer(after(now, duration(text, place.calendar)))
    return Timer(_zoned(datetime.fromisoformat(text), place.zone))


def _from_cycle(cycle: re.Match[str], now: datetime, place: Place) -> Timer:
    """`R3/PT5M` fires three times, five minutes apart; `R/` and `R-1/` without end."""
    times = cycle["times"]
    left = None if times in ("", "-1") else int(times) - 1
    every = duration(cycle["every"])
    if cycle["start"] is None:
        return Timer(after(now, every), left)
    start = _zoned(datetime.fromisoformat(cycle["start"]), place.zone)
    return Timer(start if start > now else after(now, every), left)


def _zoned(moment: datetime, zone: str) -> datetime:
    local = moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)
