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
from mtd.core.time.cron import check_cron, is_cron, next_cron

TIMES_MAX = 1_000_000
"""Repetitions that a cycle may name; one without end names none."""
STEPS_MAX = 10_000
"""Intervals that may lie between the beginning of a cycle of months or business time and now."""

_DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?"
    r"(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_CYCLE = re.compile(r"R(?P<times>-1|\d{0,12})/(?:(?P<start>\d{4}-[^/]*)/)?(?P<every>.+)", re.ASCII)
_MEANT = re.compile(r"-?P(\d|T)|R(-1|\d*)/|\d{4}-", re.ASCII)
"""How a duration, a cycle or a date begins, right or wrong; no variable does."""

Duration = timedelta | YearsMonthsDuration | BusinessDuration


class Cycle(NamedTuple):
    """What comes again: so often (None: without end), from a moment on, and in what rhythm."""

    times: int | None
    start: datetime | None
    every: Duration | str
    """A duration, or a cron expression."""


class Place(NamedTuple):
    """Where a timer runs: what time it is there, and when people work."""

    zone: str = "UTC"
    """Of dates and times without one, of cron, and in which months and years are counted."""
    calendar: BusinessCalendar | None = None
    """In which `bh` and `bd` count."""


ANYWHERE = Place()
"""Where nothing is known of the place."""


def is_literal(text: str) -> bool:
    """Whether `text` means a duration, date or cycle, right or wrong, and not an expression."""
    return bool(_MEANT.match(text)) or is_business(text) or is_cron(text)


def literal(text: str, place: Place = ANYWHERE) -> Duration | datetime | Cycle:
    """The duration, date or cycle that `text` writes. Raises ValueError that quotes it."""
    if text.startswith("R") or is_cron(text):
        return cycle(text, place)
    if text.startswith(("P", "-")) or is_business(text):
        return duration(text, place.calendar)
    try:
        return _zoned(datetime.fromisoformat(text), place.zone)
    except ValueError:
        words = "is no date, such as 2026-12-24T10:00, duration, such as PT2H or 4 bh, or cycle"
        raise ValueError(f"{text!r} {words}, such as R3/PT5M") from None


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
    try:
        months = int(parts.pop("years") * 12 + parts.pop("months"))
        exact = timedelta(**parts)
    except OverflowError:
        raise ValueError(f"{text!r} is longer than any calendar") from None
    if months and exact:
        raise ValueError(f"{text!r} mixes months with days or time; write one or the other")
    return YearsMonthsDuration(sign * months) if months else sign * exact


def cycle(text: str, place: Place = ANYWHERE) -> Cycle:
    """`R3/PT5M`, `R/4 bh`, `R/2026-01-01T05:00/P1D`, `R2/0 5 * * *`, or a cron expression alone.

    `R/` and `R-1/` have no end. Raises ValueError that quotes what is wrong.
    """
    if is_cron(text):
        check_cron(text)
        return Cycle(None, None, text)
    match = _CYCLE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no cycle, such as R3/PT5M, R/2026-01-01T05:00/P1D or a cron")
    times = None if match["times"] in ("", "-1") else int(match["times"])
    if times is not None and not 0 < times <= TIMES_MAX:
        raise ValueError(f"{text!r} repeats {times} times; it is 1 to {TIMES_MAX:,}, or R/")
    start = match["start"] and literal(match["start"], place)
    assert start is None or isinstance(start, datetime), "it begins with a digit"
    if is_cron(match["every"]):
        check_cron(match["every"])
        return Cycle(times, start, match["every"])
    every = duration(match["every"], place.calendar)
    if not _takes_time(every):
        raise ValueError(f"{text!r} comes again after no time at all")
    return Cycle(times, start, every)


def after(start: datetime, wait: Duration, zone: str = "UTC") -> datetime:
    """`start` later by `wait`.

    Months and years keep the time of day in `zone`, and a month's end stays one (31 January + P1M =
    28 February). Raises ValueError where the calendar ends, or business time its known years.
    """
    try:
        if isinstance(wait, timedelta):
            return start + wait
        if isinstance(wait, BusinessDuration):
            return wait.after(start)
        local = start.astimezone(ZoneInfo(zone))
        year, month = divmod(local.year * 12 + local.month - 1 + wait.months, 12)
        day = min(local.day, calendar.monthrange(year, month + 1)[1])
        return local.replace(year=year, month=month + 1, day=day).astimezone(UTC)
    except (OverflowError, calendar.IllegalMonthError) as error:
        raise ValueError(f"{wait} after {start:%Y-%m-%d} is beyond any calendar") from error


def timer(value: Any, now: datetime, place: Place = ANYWHERE) -> Timer | None:
    """The timer that `value` asks for: a duration, a date and time, or a cycle.

    A date and time without a zone is local to `place`. None when it gives no time.
    """
    try:
        if isinstance(value, str):
            value = literal(value.strip(), place)
        if isinstance(value, Cycle):
            left = None if value.times is None else value.times - 1
            return Timer(_next(value, now, place), left)
        if isinstance(value, Duration):
            return Timer(after(now, value, place.zone))
        return Timer(_zoned(value, place.zone)) if isinstance(value, datetime) else None
    except ValueError:
        return None


def _next(cycle: Cycle, now: datetime, place: Place) -> datetime:
    """The first moment of a cycle after `now`, on the rhythm of its beginning where it has one."""
    start, every = cycle.start, cycle.every
    if isinstance(every, str):
        return next_cron(every, max(now, start or now), place.zone)
    if start is None:
        return after(now, every, place.zone)
    if start > now:
        return start
    if isinstance(every, timedelta):
        return start + every * ((now - start) // every + 1)
    for _ in range(STEPS_MAX):
        start = after(start, every, place.zone)
        if start > now:
            return start
    raise ValueError(f"{cycle.start} is more than {STEPS_MAX:,} intervals ago")


def _takes_time(wait: Duration) -> bool:
    if isinstance(wait, timedelta):
        return wait > timedelta()
    if isinstance(wait, BusinessDuration):
        return wait.days > 0 or wait.hours > timedelta()
    return wait.months > 0


def _zoned(moment: datetime, zone: str) -> datetime:
    local = moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(zone))
    try:
        return local.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{moment.isoformat()} is beyond any calendar") from None
