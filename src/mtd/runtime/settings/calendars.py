"""Calendars: business hours from the customer's TOML, national holidays from the law's library."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import msgspec

from mtd.core.time.business_calendar import MINUTES_A_DAY, BusinessCalendar, Span

FOLDER = "calendars"
"""Below the customers' folder: `calendars/CL.toml`, one file a country."""
FIRST_YEAR = 2010
LAST_YEAR = 2075
"""Years whose holidays are worked out; the solstice of a Chilean one is known until then."""
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)


class CalendarSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[calendars.<name>]`: the file of that name, and what the customer's own adds to it."""

    time_zone: str
    national: str | None = None
    """Whose holidays by law: a country (ISO 3166-1), or a part of it (`CL-AP`); None: no one's."""
    hours: dict[str, str] = {}
    """`mon` to `sun`, such as `09:00-13:00, 14:00-18:00`; a day that is not there is closed."""
    holidays: dict[str, str] = {}
    """More of them: date to what people call the day."""
    open: dict[str, str] = {}
    """Days with hours of their own, holidays among them: date to hours."""


def calendar_files(folders: list[Path]) -> dict[str, Path]:
    """The calendars' files by name; of one name the first folder's counts."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted((folder / FOLDER).glob("*.toml")):
            found.setdefault(path.stem, path)
    return found


def business_calendar(name: str, settings: CalendarSettings) -> BusinessCalendar:
    """The calendar that these settings describe, found without `faults`."""
    named = dict(_national(settings.national)) if settings.national else {}
    named |= {date.fromisoformat(d): n for d, n in settings.holidays.items()}
    own = {date.fromisoformat(day): _spans(text) for day, text in settings.open.items()}
    return BusinessCalendar(
        name=name,
        zone=settings.time_zone,
        week=tuple(_spans(settings.hours.get(day, "")) for day in WEEK),
        days=dict.fromkeys(named, ()) | own,
        holidays=named,
        first_year=FIRST_YEAR,
        last_year=LAST_YEAR,
    )


def faults(settings: CalendarSettings) -> Iterator[tuple[str, str]]:
    """What cannot be used, and why, by key."""
    yield from unfit("time_zone", zone, settings.time_zone)
    if settings.national is not None:
        yield from unfit("national", _national, settings.national)
    for day, text in settings.hours.items():
        yield from unfit(f"hours.{day}", _day_of_week, day)
        yield from unfit(f"hours.{day}", _spans, text)
    for day in settings.holidays:
        yield from unfit(f"holidays.{day}", date.fromisoformat, day)
    for day, text in settings.open.items():
        yield from unfit(f"open.{day}", date.fromisoformat, day)
        yield from unfit(f"open.{day}", _spans, text)
    if not any(settings.hours.values()):
        yield "hours", "it is never open; say the hours of at least one day"


def unfit(key: str, use: Callable[[str], object], text: str) -> Iterator[tuple[str, str]]:
    """`key` and why `text` cannot be used, where `use` of it raises ValueError."""
    try:
        use(text)
    except ValueError as error:
        yield key, str(error)


def zone(text: str) -> ZoneInfo:
    """The time zone of that name. Raises ValueError."""
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, LookupError):
        message = f"{text!r} is no time zone, such as America/Santiago"
        raise ValueError(message) from None


def _day_of_week(text: str) -> int:
    if text not in WEEK:
        raise ValueError(f"{text!r} is no day of the week; there are {', '.join(WEEK)}")
    return WEEK.index(text)


def _spans(text: str) -> tuple[Span, ...]:
    """`09:00-13:00, 14:00-18:00` as spans. Raises ValueError that quotes what is wrong."""
    found: list[Span] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _SPAN.fullmatch(part)
        if match is None:
            raise ValueError(f"{part!r} is no span of hours, such as 09:00-18:00")
        opens, closes = (int(match[n]) * 60 + int(match[n + 1]) for n in (1, 3))
        after = found[-1].closes if found else 0
        if not after <= opens < closes <= MINUTES_A_DAY:
            raise ValueError(f"{part!r} does not end after it begins, or begins before the last")
        found.append(Span(opens, closes))
    return tuple(found)


@cache
def _national(place: str) -> Mapping[date, str]:
    """The holidays by law of a country or a part of it. Raises ValueError for an unknown one."""
    country, _, part = place.partition("-")
    try:
        known = holidays.country_holidays(country, subdiv=part or None)
        found = holidays.country_holidays(
            country,
            subdiv=part or None,
            years=range(FIRST_YEAR, LAST_YEAR + 1),
            language=known.default_language,  # else the machine's
        )
    except NotImplementedError:
        raise ValueError(f"the holidays of {place!r} are not known") from None
    return {day: found[day] for day in found}
