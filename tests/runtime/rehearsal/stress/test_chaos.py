"""Chaos: what counts as delivered, as made good, as full speed, and as a death of itself."""

from datetime import UTC, datetime, timedelta

import pytest

from mtd.runtime.rehearsal.stress.chaos import (
    LIMIT_S,
    POSTGRES,
    Kill,
    delivered,
    figures,
    full_speed_s,
)
from mtd.runtime.rehearsal.stress.standing import no_other_death
from mtd.runtime.supervising import Child

AT = datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=UTC)


def a_kill(what: str = POSTGRES, back_after_s: float = 1.5) -> Kill:
    return Kill(what=what, at=AT, back_after_s=back_after_s)


def pace(after: dict[int, int], before: int = 100) -> dict[datetime, int]:
    """Steps by second: `before` in each of the ten before the kill, then as told."""
    second = AT.replace(microsecond=0)
    counted = {second - timedelta(seconds=n): before for n in range(1, 11)}
    return counted | {second + timedelta(seconds=n): count for n, count in after.items()}


def test_full_speed_is_a_whole_second_of_nine_tenths_after_the_return() -> None:
    # Back at 1.75 s: the second from 1 to 2 is not whole, that from 2 to 3 is too slow.
    assert full_speed_s(a_kill(), pace({1: 500, 2: 89, 3: 90})) == pytest.approx(2.25)
    assert full_speed_s(a_kill(), pace({2: 90})) == pytest.approx(1.25)


def test_what_never_comes_back_to_speed_is_as_long_as_we_wait() -> None:
    assert full_speed_s(a_kill(), pace(dict.fromkeys(range(1, 80), 89))) == LIMIT_S


def test_a_kill_too_few_or_not_made_good_fails_the_run() -> None:
    made_good = [a_kill(), a_kill("worker-1", 12.0)]
    assert delivered(made_good, 2).passed
    assert not delivered(made_good, 3).passed
    lost = delivered([a_kill("worker-2", LIMIT_S)], 1)
    assert not lost.passed and "worker-2" in lost.told


def test_takeovers_and_outages_are_told_apart() -> None:
    kills = [a_kill("worker-1", 12.0), a_kill("worker-2", 16.0), a_kill(back_after_s=0.5)]
    found = {one.name: one for one in figures(kills, pace({1: 100, 2: 100}), 300)}
    assert found["kills of a worker"].value == 2 and found["kills of PostgreSQL"].value == 1
    assert found["takeover, worst"].value == 16.0 and found["takeover, median"].value == 14.0
    assert found["PostgreSQL back, worst"].value == 0.5
    assert "takeover, worst" not in {one.name for one in figures(kills[2:], pace({}), 1)}


def test_a_death_that_nobody_ordered_is_told() -> None:
    parts = [Child("worker-1", (), {}), Child("intake", (), {})]
    assert no_other_death(parts, 0).passed and not no_other_death(parts, 1).passed
    parts[0].deaths = 2
    assert no_other_death(parts, 2).passed
    parts[1].deaths = 1
    told = no_other_death(parts, 2)
    assert not told.passed and "intake 1" in told.told
