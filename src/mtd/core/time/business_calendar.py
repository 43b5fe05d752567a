"""Business calendars: when a country's offices are open, and time counted while they are.

A calendar is a value: its holidays were worked out before it came here. Hours are time that
passes on the world's clock while it is open, so a change to summer time moves nothing; days are
days on which it is open at all. Every function is monotone in the moment and in the amount.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

DAYS_MAX = 3_660
"""Days that one count may walk over: ten years."""
MINUTES_A_DAY = 24 * 60

_DAY = timedelta(days=1)


class OutOfCalendar(ValueError):
    """The count leaves the years whose holidays are known, or walks too far."""


class Span(NamedTuple):
    """Open from one minute of the local day to another; 1440 is its end."""

    opens: int
    closes: int


class BusinessCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """The hours of a week, and the days that are unlike it."""

    name: str
    zone: str
    """IANA time zone in which the hours are meant."""
    week: tuple[tuple[Span, ...], ...]
    """Of Monday to Sunday, each in order; none: closed."""
    days: Mapping[date, tuple[Span, ...]] = {}
    """Days with hours of their own; a holiday has none."""
    holidays: Mapping[date, str] = {}
    """What people call the holidays among `days`."""
    first_year: int = 1
    last_year: int = 9999
    """Years whose holidays are known; a count outside them is refused, not guessed."""


def spans(calendar: BusinessCalendar, day: date) -> tuple[Span, ...]:
    """When it is open on that local day. Raises OutOfCalendar for a year it does not know."""
    if not calendar.first_year <= day.year <= calendar.last_year:
        years = f"{calendar.first_year} to {calendar.last_year}"
        raise OutOfCalendar(f"calendar {calendar.name} knows the years {years}, not {day.year}")
    own = calendar.days.get(day)
    return calendar.week[day.weekday()] if own is None else own


def is_business_day(calendar: BusinessCalendar, day: date) -> bool:
    """Whether it is open at all on that local day. Raises OutOfCalendar."""
    return bool(spans(calendar, day))


def later(calendar: BusinessCalendar, at: datetime, hours: timedelta) -> datetime:
    """The first moment by which it has been open for `hours` since `at`.

    Less than nothing: the last moment since which it has been open for so long until `at`.
    Nothing: `at` itself. Raises OutOfCalendar.
    """
    moment = at.astimezone(UTC)
    found = _forward(calendar, moment, hours) if hours >= timedelta() else None
    return (found or _backward(calendar, moment, -hours)).astimezone(at.tzinfo)


def between(calendar: BusinessCalendar, start: datetime, end: datetime) -> timedelta:
    """How long it is open from `start` to `end`; negative when `end` comes first."""
    if end < start:
        return -between(calendar, end, start)
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    first, last = _local(calendar, start).date(), _local(calendar, end).date()
    if (last - first).days > DAYS_MAX:
        raise OutOfCalendar(f"{first} to {last} are more than {DAYS_MAX:,} days")
    total = timedelta()
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        for opens, closes in _open(calendar, date.fromordinal(ordinal)):
            total += max(min(closes, end) - max(opens, start), timedelta())
    return total


def later_by_days(calendar: BusinessCalendar, at: datetime, days: int) -> datetime:
    """The same time of day, so many business days later, within that day's hours.

    What comes after hours counts as come at their end, and so does what comes on a closed day;
    less than nothing counts the other way. Nothing: `at` itself. Raises OutOfCalendar.
    """
    if days == 0:
        return at
    if abs(days) > DAYS_MAX:
        raise OutOfCalendar(f"{days:,} business days are more than {DAYS_MAX:,}")
    step = 1 if days > 0 else -1
    day, minutes = _on_the_wall(_local(calendar, at))
    if not spans(calendar, day):
        day = _next(calendar, day, -step)
        minutes = _DAY if step > 0 else timedelta()
    minutes = _within(spans(calendar, day), minutes)
    for _ in range(abs(days)):
        day = _next(calendar, day, step)
    minutes = _within(spans(calendar, day), minutes)
    return (_midnight(calendar, day) + minutes).astimezone(at.tzinfo)


def days_between(calendar: BusinessCalendar, start: datetime, end: datetime) -> int:
    """How many business days begin after `start`, up to and with the day of `end`."""
    if end < start:
        return -days_between(calendar, end, start)
    first, last = _local(calendar, start).date(), _local(calendar, end).date()
    if (last - first).days > DAYS_MAX:
        raise OutOfCalendar(f"{first} to {last} are more than {DAYS_MAX:,} days")
    ordinals = range(first.toordinal() + 1, last.toordinal() + 1)
    return sum(is_business_day(calendar, date.fromordinal(ordinal)) for ordinal in ordinals)


def _forward(calendar: BusinessCalendar, at: datetime, hours: timedelta) -> datetime:
    if not hours:
        return at
    day = _local(calendar, at).date()
    for _ in range(DAYS_MAX):
        for opens, closes in _open(calendar, day):
            start = max(opens, at)
            if closes - start >= hours:
                return start + hours
            hours -= max(closes - start, timedelta())
        day += _DAY
    raise _too_far(calendar, at)


def _backward(calendar: BusinessCalendar, at: datetime, hours: timedelta) -> datetime:
    if not hours:
        return at
    day = _local(calendar, at).date()
    for _ in range(DAYS_MAX):
        for opens, closes in reversed(_open(calendar, day)):
            end = min(closes, at)
            if end - opens >= hours:
                return end - hours
            hours -= max(end - opens, timedelta())
        day -= _DAY
    raise _too_far(calendar, at)


def _too_far(calendar: BusinessCalendar, at: datetime) -> OutOfCalendar:
    reach = f"{DAYS_MAX:,} days from {at:%Y-%m-%d}"
    return OutOfCalendar(f"calendar {calendar.name} is not open for so long within {reach}")


def _next(calendar: BusinessCalendar, day: date, step: int) -> date:
    """The business day after `day`, or with `step` -1 the one before."""
    for distance in range(1, DAYS_MAX):
        found = day + distance * step * _DAY
        if spans(calendar, found):
            return found
    raise OutOfCalendar(f"calendar {calendar.name} has no business day near {day}")


def _on_the_wall(here: datetime) -> tuple[date, timedelta]:
    """The local day, and what a clock on the wall shows; in an hour that comes twice, the second
    time goes on above the first, so that what is later stays later.
    """
    shown = timedelta(hours=here.hour, minutes=here.minute, seconds=here.second)
    shown += timedelta(microseconds=here.microsecond)
    if here.fold:
        first, second = here.replace(fold=0).utcoffset(), here.utcoffset()
        shown += (first or timedelta()) - (second or timedelta())
    return here.date(), shown


def _within(hours: tuple[Span, ...], shown: timedelta) -> timedelta:
    """`shown`, moved into the hours from the first opening to the last closing."""
    opens, closes = timedelta(minutes=hours[0].opens), timedelta(minutes=hours[-1].closes)
    return min(max(shown, opens), closes)


def _open(calendar: BusinessCalendar, day: date) -> list[tuple[datetime, datetime]]:
    """The spans of a local day on the world's clock."""
    midnight = _midnight(calendar, day)
    return [
        (
            (midnight + timedelta(minutes=opens)).astimezone(UTC),
            (midnight + timedelta(minutes=closes)).astimezone(UTC),
        )
        for opens, closes in spans(calendar, day)
    ]


def _midnight(calendar: BusinessCalendar, day: date) -> datetime:
    """The day's beginning; what is added to it is added on the wall, not on the world's clock."""
    return datetime.combine(day, time(), ZoneInfo(calendar.zone))


def _local(calendar: BusinessCalendar, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(calendar.zone))
