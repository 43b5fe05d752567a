"""Business time is monotone, can be counted back, and knows summer time and holidays."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.time.business_calendar import (
    BusinessCalendar,
    OutOfCalendar,
    Span,
    between,
    days_between,
    is_business_day,
    later,
    later_by_days,
)

SANTIAGO = ZoneInfo("America/Santiago")
OFFICE = (Span(9 * 60, 18 * 60),)
HOLIDAYS = {date(2026, 9, 18): "Independencia", date(2026, 9, 19): "Ejército"}
CHILE = BusinessCalendar(
    name="CL",
    zone="America/Santiago",
    week=(*(OFFICE,) * 5, (Span(10 * 60, 14 * 60),), ()),
    days=dict.fromkeys(HOLIDAYS, ()),
    holidays=HOLIDAYS,
    first_year=2020,
    last_year=2030,
)
ALWAYS = BusinessCalendar(name="always", zone="America/Santiago", week=((Span(0, 1440),),) * 7)
SPLIT = BusinessCalendar(
    name="split",
    zone="America/Santiago",
    week=(*((Span(22 * 60, 23 * 60), Span(23 * 60 + 30, 1440)),) * 6, (Span(0, 3 * 60),)),
)


def moments(first: str, days: int) -> st.SearchStrategy[datetime]:
    start = datetime.fromisoformat(first).replace(tzinfo=UTC)
    return st.timedeltas(timedelta(0), timedelta(days=days)).map(lambda passed: start + passed)


any_moment = st.one_of(
    moments("2026-01-01", 365), moments("2026-04-04", 2), moments("2026-09-05", 2)
)
"""Chilean clocks went back on 4 April 2026 at 24:00 and forward on 5 September at 24:00."""
calendars = st.sampled_from([CHILE, ALWAYS, SPLIT])
hours = st.timedeltas(timedelta(0), timedelta(hours=300))


def here(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SANTIAGO)


@given(calendars, any_moment, hours)
def test_what_is_added_is_what_lies_between(
    calendar: BusinessCalendar, at: datetime, amount: timedelta
) -> None:
    end = later(calendar, at, amount)
    assert end >= at
    assert between(calendar, at, end) == amount
    start = later(calendar, at, -amount)
    assert start <= at
    assert between(calendar, start, at) == amount


@given(calendars, any_moment, hours)
def test_there_and_back_nothing_open_is_lost(
    calendar: BusinessCalendar, at: datetime, amount: timedelta
) -> None:
    back = later(calendar, later(calendar, at, amount), -amount)
    assert between(calendar, min(at, back), max(at, back)) == timedelta(0)
    inside = between(calendar, at, at + timedelta(seconds=1)) == timedelta(seconds=1)
    if inside and amount:
        assert back == at


@given(calendars, any_moment, any_moment, hours, hours)
def test_later_is_monotone(
    calendar: BusinessCalendar, a: datetime, b: datetime, x: timedelta, y: timedelta
) -> None:
    first, last = sorted((a, b))
    less, more = sorted((x, y))
    assert later(calendar, first, less) <= later(calendar, last, more)
    assert later(calendar, first, -more) <= later(calendar, last, -less)


@given(calendars, any_moment, any_moment, st.integers(-40, 40), st.integers(-40, 40))
def test_later_by_days_is_monotone(
    calendar: BusinessCalendar, a: datetime, b: datetime, x: int, y: int
) -> None:
    first, last = sorted((a, b))
    less, more = sorted((x, y))
    assert later_by_days(calendar, first, less) <= later_by_days(calendar, last, less)
    if (less < 0) == (more < 0) and less * more != 0:
        assert later_by_days(calendar, first, less) <= later_by_days(calendar, first, more)


@given(any_moment, st.integers(-60, 60))
def test_so_many_business_days_are_counted(at: datetime, days: int) -> None:
    end = later_by_days(CHILE, at, days)
    if days > 0:
        assert days_between(CHILE, at, end) == days
    assert days == 0 or is_business_day(CHILE, end.astimezone(SANTIAGO).date())


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2026-09-16T17:00", 1, "2026-09-16T18:00"),
        ("2026-09-16T17:00", 2, "2026-09-17T10:00"),
        ("2026-09-17T16:00", 4, "2026-09-21T11:00"),  # a Friday and a Saturday of holidays
        ("2026-09-20T12:00", 1, "2026-09-21T10:00"),  # from a Sunday
        ("2026-11-20T17:00", 4, "2026-11-21T13:00"),  # on Saturdays from ten
        ("2026-04-04T13:00", 2, "2026-04-06T10:00"),  # the clocks go back in between
        ("2026-09-05T13:00", 2, "2026-09-07T10:00"),  # and forward
        ("2026-09-21T10:00", -2, "2026-09-17T17:00"),
        ("2026-09-21T07:00", -1, "2026-09-17T17:00"),
        ("2026-09-16T12:00", 0, "2026-09-16T12:00"),
    ],
)
def test_hours(start: str, amount: int, end: str) -> None:
    assert later(CHILE, here(start), timedelta(hours=amount)) == here(end)


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2026-09-16T17:00", 1, "2026-09-17T17:00"),
        ("2026-09-16T17:00", 2, "2026-09-21T17:00"),
        ("2026-11-20T17:00", 1, "2026-11-21T14:00"),  # the Saturday is over sooner
        ("2026-11-20T08:00", 1, "2026-11-21T10:00"),
        ("2026-09-20T12:00", 1, "2026-09-21T18:00"),  # a Sunday counts as the close before it
        ("2026-09-21T10:00", -1, "2026-09-17T10:00"),
        ("2026-09-20T12:00", -1, "2026-09-17T09:00"),
    ],
)
def test_days(start: str, amount: int, end: str) -> None:
    assert later_by_days(CHILE, here(start), amount) == here(end)


def test_a_day_has_23_or_25_hours_where_the_clocks_change() -> None:
    back = between(ALWAYS, here("2026-04-04T00:00"), here("2026-04-05T00:00"))
    forward = between(ALWAYS, here("2026-09-06T00:00"), here("2026-09-07T00:00"))
    assert (back, forward) == (timedelta(hours=25), timedelta(hours=23))


def test_the_result_is_told_in_the_zone_that_asked() -> None:
    found = later(CHILE, here("2026-11-20T10:00"), timedelta(hours=1))
    assert found.tzinfo is SANTIAGO
    assert later(CHILE, found.astimezone(UTC), timedelta(hours=1)).tzinfo is UTC


def test_beyond_the_known_years_nothing_is_guessed() -> None:
    with pytest.raises(OutOfCalendar, match="knows the years 2020 to 2030, not 2031"):
        later(CHILE, here("2030-12-31T17:00"), timedelta(hours=9))
    with pytest.raises(OutOfCalendar, match="2031"):
        later_by_days(CHILE, here("2030-12-31T17:00"), 1)
    with pytest.raises(OutOfCalendar, match="more than"):
        later_by_days(ALWAYS, here("2030-12-31T17:00"), 100_000)
    with pytest.raises(OutOfCalendar, match="not open for so long"):
        later(ALWAYS, here("2020-01-01T00:00"), timedelta(days=5_000))
    with pytest.raises(OutOfCalendar, match="more than"):
        between(ALWAYS, here("2000-01-01T00:00"), here("2026-01-01T00:00"))


def test_a_calendar_that_never_opens_ends_the_count() -> None:
    never = BusinessCalendar(name="never", zone="UTC", week=((),) * 7)
    with pytest.raises(OutOfCalendar):
        later_by_days(never, datetime.combine(date(2026, 1, 1), time(), UTC), 1)


def test_an_hour_that_comes_twice_is_not_counted_backwards() -> None:
    first = here("2026-04-04T23:50")
    second = first.replace(minute=10, fold=1)
    assert first.astimezone(UTC) < second.astimezone(UTC)
    assert later_by_days(ALWAYS, first, 1) <= later_by_days(ALWAYS, second, 1)
