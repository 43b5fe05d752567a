"""Formats: numbers, money and moments as people of a place write them (CLDR, by Babel)."""

from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import (
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
)

MINUTE = timedelta(minutes=1)
LOCALES = {"es": Locale("es", "CL"), "en": Locale("en", "US")}

UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
"""Of lengths of time, with their seconds, by the symbols of the SI (brochure, 9th ed., table 8).

CLDR's own for Chile read `3dd.` and `2m.`, of which nobody knows whether it is minutes or months.
"""

KNOWN_MAX = 10_000
"""Texts that are remembered of a kind: Babel takes as long for an amount or an age as a page does
for all else of a row, and the same are told often.
"""


@lru_cache(KNOWN_MAX)
def _money(amount: Decimal, currency: str, language: str) -> str:
    return format_currency(amount, currency, locale=LOCALES[language])


@lru_cache(KNOWN_MAX)
def _number(value: float | Decimal, language: str) -> str:
    return format_decimal(value, locale=LOCALES[language])


@lru_cache(KNOWN_MAX)
def _date(day: date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=LOCALES[language])


def _length(length: timedelta, threshold: float, language: str) -> str:
    """In the largest unit of which there is at least `threshold`; next to nothing is a second."""
    lasts_s = abs(length).total_seconds()
    symbol, unit_s = next((one for one in UNITS if lasts_s / one[1] >= threshold), UNITS[-1])
    least = 1 if lasts_s else 0
    return f"{_number(max(least, round(lasts_s / unit_s)), language)} {symbol}"


class Formats:
    """How one reader is told figures and moments."""

    def __init__(self, language: str, zone: tzinfo, now: datetime) -> None:
        self._locale = LOCALES[language]
        self._zone = zone
        self.now = now

    def number(self, value: float | Decimal) -> str:
        """`18.043`."""
        return _number(value, self._locale.language)

    def share(self, value: float) -> str:
        """`97 %`, of a share from 0 to 1."""
        return format_percent(value, locale=self._locale)

    def money(self, amount: Decimal, currency: str) -> str:
        """`$12.990`, in the currency's own decimals (ISO 4217)."""
        return _money(amount, currency, self._locale.language)

    def moment(self, at: datetime) -> str:
        """Day and time, to the minute: figures alone, which both languages write so."""
        return at.astimezone(self._zone).strftime("%d-%m-%Y %H:%M")

    def exact(self, at: datetime) -> str:
        """Day and time, to the second."""
        return at.astimezone(self._zone).strftime("%d-%m-%Y %H:%M:%S")

    def time(self, at: datetime) -> str:
        """The time of day, to the second."""
        return at.astimezone(self._zone).strftime("%H:%M:%S")

    def day(self, at: datetime) -> str:
        """`viernes 27 de noviembre`."""
        local = at.astimezone(self._zone).date()
        pattern = "EEEE d 'de' MMMM" if self._locale.language == "es" else "EEEE, MMMM d"
        return _date(local, pattern, self._locale.language)

    def age(self, at: datetime) -> str:
        """How long ago, or how long from now: `3 min`, `2 d`."""
        return _length(self.now - at, 0.95, self._locale.language)

    def span(self, length: timedelta) -> str:
        """A round length of time: `15 min`, `4 h`."""
        return _length(length, 1.1, self._locale.language)

    def short(self, value: float) -> str:
        """`18 mil`, for a scale."""
        return format_compact_decimal(value, locale=self._locale, fraction_digits=1)

    def dated(self, day: date) -> str:
        """`27-11-2026`, whatever the language: nobody mistakes the month for the day."""
        return day.strftime("%d-%m-%Y")

    def iso_day(self, text: str) -> str:
        """As `dated`, of the day `2026-11-27`."""
        return self.dated(date.fromisoformat(text))

    def hour(self, text: str) -> str:
        """`27-11-2026 15:00–15:59`, of the hour `2026-11-27T15`."""
        day, _, hour = text.partition("T")
        return f"{self.iso_day(day)} {hour}:00–{hour}:59"

    def weekday(self, day: date) -> str:
        """`viernes`."""
        return _date(day, "EEEE", self._locale.language)

    def took(self, milliseconds: float) -> str:
        """A duration: `240 ms`, `1,2 s`."""
        if milliseconds < 1000:
            return f"{milliseconds:.0f} ms"
        return f"{self.number(round(milliseconds / 1000, 1))} s"

    def lasting(self, milliseconds: float) -> str:
        """A duration of whatever length: `240 ms`, `1,2 s`, `15 min`, `2 d`."""
        length = timedelta(milliseconds=milliseconds)
        return self.took(milliseconds) if length < MINUTE else self.span(length)
