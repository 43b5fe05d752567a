"""Counting: what expressions may say of business time, in the calendar of the instance."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from mtd.core.decision.feel.types import ANY, NAMED
from mtd.core.decision.feel.values import Function
from mtd.core.time.business_calendar import BusinessCalendar, between, is_business_day
from mtd.core.time.business_duration import BusinessDuration

HOUR_US = 3_600_000_000

Count = Callable[..., Any]
"""Calendar and arguments to the result; ValueError where there is none."""


def functions(calendar: BusinessCalendar) -> dict[str, Function]:
    """The functions by the names that FEEL calls them by, counting in `calendar`."""
    return {name: _bound(calendar, *form) for name, form in _FORMS.items()}


def _bound(calendar: BusinessCalendar, parameters: tuple[str, ...], count: Count) -> Function:
    def call(run: Any, arguments: tuple[Any, ...]) -> Any:
        try:
            return count(calendar, *arguments)
        except (ValueError, OverflowError):
            return None

    types = tuple(NAMED["number"] if p in ("hours", "days") else ANY for p in parameters)
    return Function(parameters, types, None, call)


def _later_by_hours(calendar: BusinessCalendar, at: Any, hours: Any) -> Any:
    wait = timedelta(microseconds=int(Decimal(hours) * HOUR_US))
    return BusinessDuration(calendar=calendar, hours=wait).after(at) if _is_day(at) else None


def _later_by_days(calendar: BusinessCalendar, at: Any, days: Any) -> Any:
    whole = int(days) if days == int(days) else None
    if whole is None or not _is_day(at):
        return None
    return BusinessDuration(calendar=calendar, days=whole).after(at)


def _hours_between(calendar: BusinessCalendar, start: Any, end: Any) -> Any:
    if not (_is_day(start) and _is_day(end)):
        return None
    open_for = between(calendar, _moment(calendar, start), _moment(calendar, end))
    return Decimal(open_for // timedelta(microseconds=1)) / HOUR_US


def _open_on(calendar: BusinessCalendar, day: Any) -> Any:
    if not _is_day(day):
        return None
    return is_business_day(calendar, _moment(calendar, day).date())


def _is_day(value: Any) -> bool:
    return isinstance(value, date)


def _moment(calendar: BusinessCalendar, value: date) -> datetime:
    """`value` on the calendar's own clock: a date is its beginning."""
    zone = ZoneInfo(calendar.zone)
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), zone)
    return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)


_FORMS: Mapping[str, tuple[tuple[str, ...], Count]] = {
    "add business hours": (("at", "hours"), _later_by_hours),
    "add business days": (("at", "days"), _later_by_days),
    "count business hours": (("from", "to"), _hours_between),
    "is business day": (("date",), _open_on),
}

NAMES = frozenset(_FORMS)
"""What an expression that counts calls."""
