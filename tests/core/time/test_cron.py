"""Cron expressions come in their time zone, once where an hour comes twice, and never go back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.time.cron import check_cron, is_cron, next_cron
from tests.core.time.test_business_calendar import any_moment, here

ZONE = "America/Santiago"


@pytest.mark.parametrize(
    ("text", "at", "wanted"),
    [
        ("0 5 * * *", "2026-11-23T04:59:59", "2026-11-23T05:00"),
        ("0 5 * * *", "2026-11-23T05:00", "2026-11-24T05:00"),
        ("*/15 9-17 * * MON-FRI", "2026-11-20T17:50", "2026-11-23T09:00"),
        ("0 0 1 1 *", "2026-11-20T17:50", "2027-01-01T00:00"),
        ("30 0 5 * * *", "2026-11-20T05:00:29", "2026-11-20T05:00:30"),
        ("0 0 12 ? * MON-FRI", "2026-11-20T12:00", "2026-11-23T12:00"),
        ("0 0 12 ? * FRI#2", "2026-11-20T12:00", "2026-12-11T12:00"),
        ("0 12 1 * ?", "2026-11-20T12:00", "2026-12-01T12:00"),
        # 5 September 2026, 24:00: the clocks go forward to 01:00 of the 6th
        ("30 0 * * *", "2026-09-05T12:00", "2026-09-06T01:00"),
        ("30 0 * * *", "2026-09-06T01:00", "2026-09-07T00:30"),
        # 4 April 2026, 24:00: the clocks go back to 23:00
        ("30 23 * * *", "2026-04-04T22:00", "2026-04-04T23:30"),
        ("30 23 * * *", "2026-04-04T23:30", "2026-04-05T23:30"),
    ],
)
def test_when_it_comes_next(text: str, at: str, wanted: str) -> None:
    check_cron(text)
    assert next_cron(text, here(at), ZONE) == here(wanted).astimezone(UTC)


def test_in_an_hour_that_comes_twice_it_came_already() -> None:
    second = here("2026-04-04T23:10").replace(fold=1)
    assert next_cron("30 23 * * *", second, ZONE) == here("2026-04-05T23:30").astimezone(UTC)


@given(st.sampled_from(["30 23 * * *", "*/7 * * * *", "0 0 * * SUN", "0 */6 1 * *"]), any_moment)
def test_it_always_comes_later(text: str, at: datetime) -> None:
    assert next_cron(text, at, ZONE) > at


@pytest.mark.parametrize(
    "text",
    ["0 5 * *", "PT5M", "a + b * c - d", "5 * x * y", "if a then b else", "", "0 5 * * * * *"],
)
def test_what_has_not_its_shape(text: str) -> None:
    assert not is_cron(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("61 5 * * *", "Bad minute"),
        ("0 5 * * FUN", "Bad day-of-week"),
        ("0 ? * * *", "write *"),
        ("0 5 * ? *", "write *"),
        ("0 5 ?/2 * *", "a whole field"),
        ("0 0 5 ? * 2-6", "1 is Sunday where Quartz reads it"),
        ("0 0 31 2 *", "Bad day-of-month"),
        ("0 0 */29 2 SUN#3", "never comes"),
    ],
)
def test_what_is_wrong_is_said(text: str, words: str) -> None:
    assert is_cron(text)
    with pytest.raises(ValueError, match=words.replace("*", r"\*")):
        check_cron(text)
