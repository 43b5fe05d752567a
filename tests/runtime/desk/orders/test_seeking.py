"""Seeking: the hour that a filter names, by the customer's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mtd.runtime.desk.orders.filters import BadFilter, read_filter
from mtd.runtime.desk.orders.seeking import of_hour
from mtd.store.ids import least_id, uuid7
from mtd.store.orders.board import LAST

ZONE = ZoneInfo("America/Santiago")
NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)


def _is_in(at: datetime, hour: str) -> bool:
    since, until = of_hour(hour, NOW, ZONE)
    return since <= uuid7(at, b"some chance") < until


@pytest.mark.parametrize(
    ("hour", "began", "lasts"),
    [
        ("2026-11-28T06", datetime(2026, 11, 28, 9, tzinfo=UTC), timedelta(hours=1)),
        # Santiago's clocks go back from 24:00 to 23:00 on that day, and forward at 00:00.
        ("2026-04-04T23", datetime(2026, 4, 5, 2, tzinfo=UTC), timedelta(hours=2)),
        ("2026-04-04T22", datetime(2026, 4, 5, 1, tzinfo=UTC), timedelta(hours=1)),
        ("2026-09-05T23", datetime(2026, 9, 6, 3, tzinfo=UTC), timedelta(hours=1)),
        ("2026-09-06T01", datetime(2026, 9, 6, 4, tzinfo=UTC), timedelta(hours=1)),
    ],
)
def test_an_hour_is_all_of_it_and_no_more(hour: str, began: datetime, lasts: timedelta) -> None:
    millisecond = timedelta(milliseconds=1)
    assert _is_in(began, hour) and _is_in(began + lasts - millisecond, hour)
    assert not _is_in(began - millisecond, hour) and not _is_in(began + lasts, hour)


def test_the_last_hour_goes_on_with_the_clock() -> None:
    assert of_hour("last", NOW, ZONE) == (least_id(NOW - timedelta(hours=1)), LAST)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hour", "2026-11-28"), ("hour", "2026-11-28T24"), ("hour", "2026-11-28T6"),
        ("hour", "0026-11-28T06"), ("hour", "9999-12-31T23"), ("hour", "now"),
        ("from", "1969-12-31"), ("from", "0026-11-28"), ("to", "9999-12-31"),
        ("due_to", "9999-12-31"), ("due_from", "x"),
    ],
)  # fmt: skip
def test_what_no_order_can_be_of_is_refused_by_its_name(name: str, text: str) -> None:
    with pytest.raises(BadFilter, match=f"{name}: {text}"):
        read_filter({name: [text]})
    read_filter({name: [""]})
