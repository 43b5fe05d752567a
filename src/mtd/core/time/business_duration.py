"""Business durations: `4 bh` or `2 bd` of one calendar, as timers and FEEL add them to a moment."""

import re
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import msgspec

from mtd.core.time.business_calendar import BusinessCalendar, later, later_by_days

HOURS = "bh"
DAYS = "bd"

_TEXT = re.compile(r"(?P<amount>-?\d{1,6}(?:\.\d{1,6})?) ?(?P<unit>bh|bd)", re.ASCII)
_HOUR_US = 3_600_000_000


class BusinessDuration(msgspec.Struct, frozen=True, kw_only=True):
    """So many hours, or days, that count only while the calendar is open."""

    calendar: BusinessCalendar
    hours: timedelta = timedelta()
    days: int = 0
    """One of the two is zero: an amount is of hours or of days."""

    def after(self, moment: date) -> datetime:
        """`moment` later by this; without a zone it is local, and a date is its beginning.

        Raises OutOfCalendar for a moment whose holidays are not known.
        """
        local = moment if isinstance(moment, datetime) else datetime.combine(moment, time())
        if local.tzinfo is None:
            local = local.replace(tzinfo=ZoneInfo(self.calendar.zone))
        if self.days:
            return later_by_days(self.calendar, local, self.days)
        return later(self.calendar, local, self.hours)

    def times(self, factor: Fraction) -> "BusinessDuration | None":
        """`factor` times as much; None for a part of a day."""
        if self.days:
            days = self.days * factor
            whole = days.denominator == 1
            return BusinessDuration(calendar=self.calendar, days=int(days)) if whole else None
        hours = timedelta(microseconds=int(self.hours // timedelta(microseconds=1) * factor))
        return BusinessDuration(calendar=self.calendar, hours=hours)

    def __str__(self) -> str:
        """As it is written: what a variable keeps of it."""
        if self.days:
            return f"{self.days} {DAYS}"
        hours = Fraction(self.hours // timedelta(microseconds=1), _HOUR_US)
        amount = str(int(hours)) if hours.denominator == 1 else f"{float(hours):.6f}".rstrip("0")
        return f"{amount} {HOURS}"


def is_business(text: str) -> bool:
    """Whether `text` is written as a business duration, such as `4 bh` or `2 bd`."""
    return _TEXT.fullmatch(text) is not None


def business_duration(text: str, calendar: BusinessCalendar) -> BusinessDuration:
    """The duration that `text` writes, counted in `calendar`.

    Raises ValueError that quotes what is wrong.
    """
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no business duration, such as 4 bh or 2 bd")
    amount = Fraction(found["amount"])
    if found["unit"] == HOURS:
        return BusinessDuration(
            calendar=calendar, hours=timedelta(microseconds=int(amount * _HOUR_US))
        )
    if amount.denominator != 1:
        raise ValueError(f"{text!r} is of parts of business days; say hours: bh")
    return BusinessDuration(calendar=calendar, days=int(amount))
