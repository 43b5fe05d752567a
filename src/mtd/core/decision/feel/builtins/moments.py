"""Built-in functions on dates, times and durations (DMN 1.5 §10.3.4.1, §10.3.4.7 and §10.3.4.8)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from mtd.core.decision.feel import numbers, temporal
from mtd.core.decision.feel.evaluation import Run
from mtd.core.decision.feel.signature import form
from mtd.core.decision.feel.values import Number, YearsMonthsDuration

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _date_from_text(run: Run, text: str) -> Any:
    return temporal.parse_date(text)


def _date_from_moment(run: Run, moment: date) -> Any:
    return moment.date() if isinstance(moment, datetime) else moment


def _date_from_parts(run: Run, year: Number, month: Number, day: Number) -> Any:
    parts = [numbers.index(part) for part in (year, month, day)]
    return None if None in parts else date(*(part for part in parts if part is not None))


def _time_from_text(run: Run, text: str) -> Any:
    return temporal.parse_time(text)


def _time_from_moment(run: Run, moment: date | time) -> Any:
    if isinstance(moment, datetime):
        return moment.timetz()
    return moment if isinstance(moment, time) else time(tzinfo=UTC)


def _time_from_parts(
    run: Run, hour: Number, minute: Number, second: Number, offset: timedelta | None = None
) -> Any:
    whole = [numbers.index(part) for part in (hour, minute)]
    if None in whole:
        return None
    zone = None if offset is None else temporal.zone_of(offset)
    if offset is not None and zone is None:
        return None
    micros = int(second % 1 * 1_000_000)
    hours, minutes = (part or 0 for part in whole)
    return time(hours, minutes, int(second), micros, zone)


def _moment_from_text(run: Run, text: str) -> Any:
    return temporal.parse_date_and_time(text)


def _moment_from_moment(run: Run, moment: date) -> Any:
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, time(), UTC)


def _moment_from_parts(run: Run, day: date, clock: time) -> Any:
    return datetime.combine(day.date() if isinstance(day, datetime) else day, clock)


def _duration_from_text(run: Run, text: str) -> Any:
    return temporal.parse_duration(text)


def _duration_from_duration(run: Run, duration: Any) -> Any:
    return duration


def _years_and_months(run: Run, start: date, end: date) -> Any:
    """Whole months from one day to another, towards zero."""
    turned = (end.year, end.month, end.day) < (start.year, start.month, start.day)
    early, late = (end, start) if turned else (start, end)
    months = (late.year - early.year) * 12 + late.month - early.month - (late.day < early.day)
    return YearsMonthsDuration(-months if turned else months)


def _now(run: Run) -> Any:
    return run.now


def _today(run: Run) -> Any:
    return run.now.date()


def _day_of_year(run: Run, day: date) -> Any:
    return day.timetuple().tm_yday


def _day_of_week(run: Run, day: date) -> Any:
    return _DAYS[day.weekday()]


def _month_of_year(run: Run, day: date) -> Any:
    return _MONTHS[day.month - 1]


def _week_of_year(run: Run, day: date) -> Any:
    return day.isocalendar().week


FUNCTIONS = (
    form("date", "from: string", _date_from_text),
    form("date", "from: date", _date_from_moment),
    form("date", "year: number, month: number, day: number", _date_from_parts),
    form("time", "from: string", _time_from_text),
    form("time", "from: time", _time_from_moment),
    form("time", "from: date", _time_from_moment),
    form(
        "time",
        "hour: number, minute: number, second: number, offset?: days",
        _time_from_parts,
    ),
    form("date and time", "from: string", _moment_from_text),
    form("date and time", "from: date", _moment_from_moment),
    form("date and time", "date: date, time: time", _moment_from_parts),
    form("duration", "from: string", _duration_from_text),
    form("duration", "from: duration", _duration_from_duration),
    form("years and months duration", "from: date, to: date", _years_and_months),
    form("now", "", _now),
    form("today", "", _today),
    form("day of year", "date: date", _day_of_year),
    form("day of week", "date: date", _day_of_week),
    form("month of year", "date: date", _month_of_year),
    form("week of year", "date: date", _week_of_year),
)
