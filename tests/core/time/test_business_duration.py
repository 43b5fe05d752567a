"""Business durations are read from text, and FEEL adds them to moments like any other duration."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mtd.core.decision.feel import compile_expression
from mtd.core.time.business_duration import business_duration, is_business
from tests.core.time.test_business_calendar import CHILE, here

NOW = datetime(2026, 9, 17, 19, tzinfo=UTC)  # 16:00 in Santiago, before a long weekend


def evaluated(text: str, **variables: Any) -> Any:
    return compile_expression(text).evaluate(variables, NOW)


@pytest.mark.parametrize("text", ["4 bh", "4bh", "0.5 bh", "2 bd", "-1 bd"])
def test_text_is_read_and_written_again(text: str) -> None:
    found = business_duration(text, CHILE)
    assert business_duration(str(found), CHILE) == found


def test_how_it_is_written() -> None:
    written = [str(business_duration(text, CHILE)) for text in ("4bh", "0.50 bh", "2bd", "0 bd")]
    assert written == ["4 bh", "0.5 bh", "2 bd", "0 bh"]


@pytest.mark.parametrize("text", ["4", "bh", "4 h", "four bh", "1e3 bh", "4  bh", "PT4H", "٤ bh"])
def test_what_is_none(text: str) -> None:
    assert not is_business(text)
    with pytest.raises(ValueError, match=r"no business duration, such as 4 bh or 2 bd"):
        business_duration(text, CHILE)


def test_there_are_no_parts_of_business_days() -> None:
    with pytest.raises(ValueError, match=r"'1\.5 bd' is of parts of business days"):
        business_duration("1.5 bd", CHILE)


def test_without_a_zone_it_is_local_and_a_date_is_its_beginning() -> None:
    hours = business_duration("1 bh", CHILE)
    assert hours.after(datetime(2026, 11, 20, 10)) == here("2026-11-20T11:00")  # noqa: DTZ001
    assert hours.after(date(2026, 11, 20)) == here("2026-11-20T10:00")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("now() + wait", "2026-09-21T11:00"),
        ("wait + now()", "2026-09-21T11:00"),
        ("now() - wait", "2026-09-17T12:00"),
        ("now() + 2 * wait", "2026-09-21T15:00"),
        ("now() + wait / 2", "2026-09-17T18:00"),
        ("now() - wait * -1", "2026-09-21T11:00"),
        ("now() + days", "2026-09-22T16:00"),
        ("now() - 2 * days", "2026-09-12T14:00"),
    ],
)
def test_feel_adds_and_subtracts(text: str, wanted: str) -> None:
    wait, days = business_duration("4 bh", CHILE), business_duration("2 bd", CHILE)
    assert evaluated(text, wait=wait, days=days) == here(wanted)


@pytest.mark.parametrize(
    "text",
    ["days / 4 + now()", "wait + 1", "wait + days", "now() + 99999 * days", "10 ** 30 * wait"],
)
def test_what_makes_no_sense_is_null(text: str) -> None:
    wait, days = business_duration("4 bh", CHILE), business_duration("2 bd", CHILE)
    assert evaluated(text, wait=wait, days=days) is None


def test_feel_writes_it() -> None:
    assert evaluated("string(wait)", wait=business_duration("4 bh", CHILE)) == "4 bh"
    assert business_duration("4 bh", CHILE).hours == timedelta(hours=4)
