"""Formats: what is put together faster than by Babel reads as Babel writes it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date, format_datetime, format_time

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


@pytest.mark.parametrize(
    ("length_s", "age", "span"),
    [
        (0, "0 s", "0 s"),
        (0.2, "1 s", "1 s"),
        (45, "45 s", "45 s"),
        (58, "1 min", "58 s"),
        (61, "1 min", "61 s"),
        (15 * 60, "15 min", "15 min"),
        (58 * 60, "1 h", "58 min"),
        (4 * 3_600, "4 h", "4 h"),
        (23 * 3_600, "1 d", "23 h"),
        (3 * 86_400, "3 d", "3 d"),
        (45 * 86_400, "45 d", "45 d"),
        (1_200 * 86_400, "1.200 d", "1.200 d"),
    ],
)
def test_ages_and_spans(length_s: float, age: str, span: str) -> None:
    told, length = Formats("es", ZONE, NOW), timedelta(seconds=length_s)
    assert told.age(NOW - length) == told.age(NOW + length) == age
    assert told.span(length) == span


def test_lengths_are_grouped_as_their_reader_writes_numbers() -> None:
    assert Formats("en", ZONE, NOW).span(timedelta(days=1_200)) == "1,200 d"
