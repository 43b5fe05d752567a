"""Dates, times and durations: from text, to text, compared (DMN 1.5 §10.3.2.3.3–7, XSD 1.1 §3.3).

Years are 1 to 9999 and seconds have six decimals: what Python's own values hold. A time zone is
`Z`, an offset, or `@` and a name of the IANA database.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from mtd.core.decision.feel.values import YearsMonthsDuration

_DATE = r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
_TIME = (
    r"(?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2})(?:\.(?P<fraction>\d{1,30}))?"
    r"(?P<zone>Z|[+-]\d{2}:\d{2}(?::\d{2})?|@[A-Za-z][A-Za-z0-9_+/-]{0,60})?"
)
_ONLY_DATE = re.compile(_DATE, re.ASCII)
_ONLY_TIME = re.compile(_TIME, re.ASCII)
_DATE_AND_TIME = re.compile(f"{_DATE}T{_TIME}", re.ASCII)
_MONTHS = re.compile(r"(-?)P(?=\d)(?:(\d{1,10})Y)?(?:(\d{1,10})M)?", re.ASCII)
_SECONDS = re.compile(
    r"(-?)P(?!$)(?:(\d{1,12})D)?"
    r"(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,15})(?:\.(\d{0,30}))?S)?)?",
    re.ASCII,
)
_OFFSET_MAX = timedelta(hours=18)
_MONTHS_MAX = 12 * 10**10
_REFERENCE = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The day whose offset a named zone lends to a time without a date."""


def parse_date(text: str) -> date | None:
    """A date, or None when `text` is none."""
    found = _ONLY_DATE.fullmatch(text)
    return _date(found) if found else None


def parse_time(text: str) -> time | None:
    """A time of day, or None when `text` is none."""
    found = _ONLY_TIME.fullmatch(text)
    parsed = _time(found) if found else None
    return parsed[0] if parsed else None


def parse_date_and_time(text: str) -> datetime | None:
    """A date and time, or None when `text` is none; a date alone is its midnight."""
    found = _DATE_AND_TIME.fullmatch(text)
    if found is None:
        day = parse_date(text)
        return None if day is None else datetime.combine(day, time())
    day, parsed = _date(found), _time(found)
    if day is None or parsed is None:
        return None
    moment, next_day = parsed
    if next_day:
        if day == date.max:
            return None
        day += timedelta(days=1)
    return datetime.combine(day, moment)


def parse_duration(text: str) -> timedelta | YearsMonthsDuration | None:
    """A duration of either kind, or None when `text` is none."""
    found = _MONTHS.fullmatch(text)
    if found:
        months = 12 * int(found[2] or 0) + int(found[3] or 0)
        return years_months(-months if found[1] else months)
    found = _SECONDS.fullmatch(text)
    if not found:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.group(2, 3, 4, 5))
    try:
        length = timedelta(
            days=days,
            hours=hours,
            minutes=minutes,
            seconds=seconds,
            microseconds=_microseconds(found[6]),
        )
        return -length if found[1] else length
    except OverflowError:
        return None


def parse_any(text: str) -> date | time | datetime | timedelta | YearsMonthsDuration | None:
    """What an at-literal names (DMN 1.5 §10.3.1.2 rule 62), or None."""
    if "P" in text[:2]:
        return parse_duration(text)
    if "T" in text[10:11]:
        return parse_date_and_time(text)
    return parse_date(text) or parse_time(text)


def years_months(months: int) -> YearsMonthsDuration | None:
    """A duration of that many months, unless it is beyond any calendar."""
    return YearsMonthsDuration(months) if abs(months) <= _MONTHS_MAX else None


def zone_of(offset: timedelta) -> tzinfo | None:
    """The zone with that offset from UTC; None when it is more than 18 hours."""
    if abs(offset) > _OFFSET_MAX or offset.microseconds:
        return None
    return timezone(offset) if offset else UTC


def write_date(value: date) -> str:
    """As XSD writes it."""
    return value.isoformat()


def write_time(value: time) -> str:
    """As FEEL writes it: a named zone after `@`."""
    return _clock(value) + _written_zone(value.tzinfo, value.utcoffset())


def write_date_and_time(value: datetime) -> str:
    """As FEEL writes it: a named zone after `@`."""
    zone = _written_zone(value.tzinfo, value.utcoffset())
    return f"{value.date().isoformat()}T{_clock(value.time())}{zone}"


def write_days_time(value: timedelta) -> str:
    """The canonical form of XSD's dayTimeDuration."""
    length = abs(value)
    hours, rest = divmod(length.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{length.microseconds:06d}".rstrip("0") if length.microseconds else ""
    clock = (
        (f"{hours}H" if hours else "")
        + (f"{minutes}M" if minutes else "")
        + (f"{seconds}{fraction}S" if seconds or fraction else "")
    )
    days = f"{length.days}D" if length.days else ""
    text = f"P{days}T{clock}" if clock else f"P{days}" if days else "PT0S"
    return "-" + text if value < timedelta() else text


def write_years_months(value: YearsMonthsDuration) -> str:
    """The canonical form of XSD's yearMonthDuration."""
    years, months = divmod(abs(value.months), 12)
    text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
    return f"-P{text}" if value.months < 0 else f"P{text}"


def instant(value: date | datetime) -> tuple[bool, int]:
    """Whether `value` is on the world's clock, and its microseconds on that or its own.

    A date is its midnight in UTC (DMN 1.5 §10.3.2.3.4).
    """
    days = value.toordinal() * 86_400_000_000
    if not isinstance(value, datetime):
        return True, days
    clock = _microseconds_of_day(value)
    offset = value.utcoffset()
    return offset is not None, days + clock - _whole_microseconds(offset)


def time_instant(value: time, other: time) -> tuple[bool, int]:
    """The same for a time of day that is compared with `other`."""
    clock = _microseconds_of_day(value)
    if value.tzinfo is None or value.tzinfo is other.tzinfo:
        return value.tzinfo is not None, clock
    return True, clock - _whole_microseconds(offset_of(value))


def offset_of(value: time | datetime) -> timedelta | None:
    """Offset from UTC; of a time in a named zone, that zone's offset on 1 January 1970."""
    offset = value.utcoffset()
    if offset is None and value.tzinfo is not None:
        return value.tzinfo.utcoffset(_REFERENCE)
    return offset


def _date(found: re.Match[str]) -> date | None:
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _time(found: re.Match[str]) -> tuple[time, bool] | None:
    """The time, and whether it is 24:00:00, the next day's first moment."""
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
    micros = _microseconds(found["fraction"])
    zone = _zone(found["zone"])
    if zone is _NO_ZONE:
        return None
    next_day = hour == 24 and not (minute or second or micros)
    try:
        return time(0 if next_day else hour, minute, second, micros, zone), next_day
    except ValueError:
        return None


_NO_ZONE: Any = object()


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    if text.startswith("@"):
        try:
            return ZoneInfo(text[1:])
        except (KeyError, ValueError, OSError):
            return _NO_ZONE
    parts = [int(part) for part in text[1:].split(":")]
    if max(parts[1:]) > 59:
        return _NO_ZONE
    offset = timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2] if parts[2:] else 0)
    return zone_of(-offset if text[0] == "-" else offset) or _NO_ZONE


def _microseconds(fraction: str | None) -> int:
    return int((fraction or "0")[:6].ljust(6, "0"))


def _microseconds_of_day(value: time | datetime) -> int:
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return seconds * 1_000_000 + value.microsecond


def _whole_microseconds(offset: timedelta | None) -> int:
    return 0 if offset is None else offset // timedelta(microseconds=1)


def _clock(value: time) -> str:
    text = value.replace(tzinfo=None).isoformat()
    return text.rstrip("0") if value.microsecond else text


def _written_zone(zone: tzinfo | None, offset: timedelta | None) -> str:
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    if offset is None:
        return ""
    if not offset:
        return "Z"
    minutes, seconds = divmod(abs(offset).seconds, 60)
    text = f"{'-' if offset < timedelta() else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{seconds:02d}" if seconds else text
