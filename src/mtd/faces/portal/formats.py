"""Formats: numbers, money and moments as people of a place write them (CLDR, by Babel)."""

from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import (
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
)

MINUTE = timedelta(minutes=1)
LOCALES = {"es": Locale("es", "CL"), "en": Locale("en", "US")}

KNOWN_MAX = 10_000


@lru_cache(KNOWN_MAX)
def _money(amount: Decimal, currency: str, language: str) -> str:
    """Babel takes as long for an amount as for all else of a row, and the same are told often."""
    return format_currency(amount, currency, locale=LOCALES[language])


class Formats:
    """How one reader is told figures and moments."""

    def __init__(self, language: str, zone: tzinfo, now: datetime) -> None:
        self._locale = LOCALES[language]
        self._zone = zone
        self.now = now

    def number(self, value: float | Decimal) -> str:
        """`18.043`."""
        return format_decimal(value, locale=self._locale)

    def share(self, value: float) -> str:
        """`97 %`, of a share from 0 to 1."""
        return format_percent(value, locale=self._locale)

    def money(self, amount: Decimal, currency: str) -> str:
        """`$12.990`, in the currency's own decimals (ISO 4217)."""
        return _money(amount, currency, self._locale.language)

    def moment(self, at: datetime) -> str:
        """Day and time, to the minute."""
        return format_datetime(at, "dd-MM-yyyy HH:mm", tzinfo=self._zone, locale=self._locale)

    def exact(self, at: datetime) -> str:
        """Day and time, to the second."""
        return format_datetime(at, "dd-MM-yyyy HH:mm:ss", tzinfo=self._zone, locale=self._locale)

    def time(self, at: datetime) -> str:
        """The time of day, to the second."""
        return format_time(at, "HH:mm:ss", tzinfo=self._zone, locale=self._locale)

    def day(self, at: datetime) -> str:
        """`viernes 27 de noviembre`."""
        local = at.astimezone(self._zone).date()
        pattern = "EEEE d 'de' MMMM" if self._locale.language == "es" else "EEEE, MMMM d"
        return format_date(local, pattern, locale=self._locale)

    def age(self, at: datetime) -> str:
        """How long ago, or how long from now: `3 min`, `2 d`."""
        passed = abs(self.now - at)
        return format_timedelta(passed, format="narrow", threshold=0.95, locale=self._locale)

    def span(self, length: timedelta) -> str:
        """A round length of time: `15 min`, `4 h`."""
        return format_timedelta(length, format="narrow", threshold=1.1, locale=self._locale)

    def short(self, value: float) -> str:
        """`18 mil`, for a scale."""
        return format_compact_decimal(value, locale=self._locale, fraction_digits=1)

    def dated(self, day: date) -> str:
        """`27-11-2026`, whatever the language: nobody mistakes the month for the day."""
        return format_date(day, "dd-MM-yyyy", locale=self._locale)

    def iso_day(self, text: str) -> str:
        """As `dated`, of the day `2026-11-27`."""
        return self.dated(date.fromisoformat(text))

    def weekday(self, day: date) -> str:
        """`viernes`."""
        return format_date(day, "EEEE", locale=self._locale)

    def took(self, milliseconds: float) -> str:
        """A duration: `240 ms`, `1,2 s`."""
        if milliseconds < 1000:
            return f"{milliseconds:.0f} ms"
        return f"{format_decimal(round(milliseconds / 1000, 1), locale=self._locale)} s"

    def lasting(self, milliseconds: float) -> str:
        """A duration of whatever length: `240 ms`, `1,2 s`, `15 min`, `2 d`."""
        length = timedelta(milliseconds=milliseconds)
        return self.took(milliseconds) if length < MINUTE else self.span(length)
