"""Formats: what is put together faster than by Babel reads as Babel writes it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date, format_datetime, format_time, format_timedelta

from mtd.faces.portal.formats import LOCALES, Formats

ZONE = ZoneInfo("America/Santiago")
NOW = datetime(2026, 11, 28, 2, 59, 59, tzinfo=UTC)
"""Friday still in Chile."""


@pytest.mark.parametrize("language", LOCALES)
def test_moments_and_days(language: str) -> None:
    told, locale = Formats(language, ZONE, NOW), LOCALES[language]
    for hours in range(-30, 9_000, 37):
        at = NOW - timedelta(hours=hours, seconds=hours)
        day = at.astimezone(ZONE).date()
        for written, pattern in (
            (told.moment(at), "dd-MM-yyyy HH:mm"),
            (told.exact(at), "dd-MM-yyyy HH:mm:ss"),
        ):
            assert written == format_datetime(at, pattern, tzinfo=ZONE, locale=locale)
        assert told.time(at) == format_time(at, "HH:mm:ss", tzinfo=ZONE, locale=locale)
        assert told.dated(day) == format_date(day, "dd-MM-yyyy", locale=locale)
        assert told.weekday(day) == format_date(day, "EEEE", locale=locale)
    assert told.day(NOW) == (
        "viernes 27 de noviembre" if language == "es" else "Friday, November 27"
    )


@pytest.mark.parametrize("language", LOCALES)
def test_ages_and_spans(language: str) -> None:
    told, locale = Formats(language, ZONE, NOW), LOCALES[language]
    lengths = [timedelta(seconds=0.2 + 1.013**n / 10) for n in range(1_700)]
    for length in (timedelta(0), *lengths):
        for at in (NOW - length, NOW + length):
            wanted = format_timedelta(length, format="narrow", threshold=0.95, locale=locale)
            assert told.age(at) == wanted, length
        wanted = format_timedelta(length, format="narrow", threshold=1.1, locale=locale)
        assert told.span(length) == wanted, length
