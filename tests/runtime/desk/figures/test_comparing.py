"""A day is held against the same hours of four weeks; promises and sales are told by group."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from mtd.runtime.counts.sketch import bucket
from mtd.runtime.counts.usual import of_spans
from mtd.runtime.desk.figures.comparing import compared, spans
from mtd.runtime.desk.figures.compliance import grouped
from mtd.runtime.desk.figures.periods import read_period
from mtd.runtime.desk.orders.filters import BadFilter
from mtd.store.counts.figures import Entries, Open, Settled, Span

ZONE = ZoneInfo("America/Santiago")
NOW = datetime(2026, 11, 27, 13, 30, tzinfo=UTC)
"""10:30 on a Friday in Chile."""


def entries(weeks: int, hour: int, n: int, state: str = "RECEIVED") -> Entries:
    """So many, weeks before NOW's day, at an hour of the wall's clock."""
    day = (NOW.astimezone(ZONE) - timedelta(weeks=weeks)).replace(
        hour=hour, minute=0, second=0, microsecond=0
    )
    return Entries(
        state=state, since=day.astimezone(UTC), store="paris", currency="CLP", n=n,
        amount=Decimal(1_000 * n),
    )  # fmt: skip


def test_an_hour_is_held_against_the_same_hour_of_four_weeks() -> None:
    found = [entries(week, 9, n) for week, n in ((1, 10), (2, 20), (3, 30), (4, 90))]
    found += [entries(0, 9, 40), entries(1, 10, 8), entries(0, 9, 5, "CLOSED")]
    told = compared("received", found, NOW, ZONE)
    nine = told.hours[9]
    assert (nine.now, nine.usual, nine.low, nine.high) == (40, 25, 10, 90)
    assert told.hours[10].now == 0 and told.hours[11].now is None
    assert told.now == 40
    assert told.usual == 25  # ten o'clock: nothing in most weeks
    assert told.change == pytest.approx(0.6)
    assert compared("amount", found, NOW, ZONE).hours[9].now == 40_000


def test_the_running_hour_counts_by_its_share() -> None:
    found = [entries(week, 10, 100) for week in (1, 2, 3, 4)]
    assert compared("received", found, NOW, ZONE).usual == 50


def test_days_are_as_long_as_their_zone_has_them() -> None:
    today = datetime(2026, 9, 6, 12, tzinfo=ZONE).date()  # the clock goes from 0 to 1 in Chile
    (first, *_) = spans(today, ZONE)
    assert first[1].astimezone(UTC) - first[0].astimezone(UTC) == timedelta(hours=23)


def test_promises_are_told_by_group_and_what_takes_longer_is_foreseen() -> None:
    settled = [
        Settled(store="paris", channel="phone", carrier="A", kept=8, missed=1, dropped=2),
        Settled(store="paris", channel="kiosk", carrier="B", kept=0, missed=1, dropped=0),
    ]
    open_ = [
        Open(store="paris", channel="phone", carrier="A", overdue=1, at_risk=2, on_time=3, doomed=1)
    ]
    (paris,) = grouped(settled, open_, "store")
    assert (paris.kept, paris.missed, paris.overdue, paris.due) == (8, 2, 1, 11)
    assert paris.share == pytest.approx(8 / 11)
    assert {one.group for one in grouped(settled, open_, "carrier")} == {"A", "B"}
    hour_ms = 3_600_000
    few = [Span(store="paris", channel="kiosk", bucket=bucket(hour_ms), n=3)]
    many = [
        Span(store="paris", channel="phone", bucket=bucket(hour_ms), n=80),
        Span(store="paris", channel="phone", bucket=bucket(10 * hour_ms), n=20),
    ]
    (one,) = of_spans([*few, *many])
    assert one.usual_s == pytest.approx(36_000, rel=0.05)


def test_a_period_is_what_the_address_says() -> None:
    today = read_period({}, NOW, ZONE)
    assert (today.days, today.grain, today.query()) == (1, "hour", {})
    week = read_period({"period": ["week"]}, NOW, ZONE)
    assert (week.days, week.grain, week.before().last) == (7, "day", week.first - timedelta(days=1))
    some = read_period({"from": ["2026-11-01"], "to": ["2026-11-02"]}, NOW, ZONE)
    assert some.query() == {"from": "2026-11-01", "to": "2026-11-02"}
    assert some.until - some.since == timedelta(days=2)
    for wrong in (
        {"period": ["ever"]},
        {"from": ["x"]},
        {"from": ["2026-11-02"], "to": ["2026-11-01"]},
    ):
        with pytest.raises(BadFilter):
            read_period(wrong, NOW, ZONE)
