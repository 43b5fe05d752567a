"""Depth: a look goes back to the beginning when that is cheap, else to the oldest that is left."""

from datetime import UTC, datetime, timedelta

import pytest

from mtd.store.engine.depth import LATELY_S, WHOLE_S, WHOLE_SHARE, Depth, Look, Seen
from mtd.store.ids import least_id

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
OLD = NOW - timedelta(minutes=5)
LATELY = NOW - timedelta(seconds=LATELY_S)


def test_the_first_look_is_a_whole_one() -> None:
    look = Depth().look(0.0)
    assert look.is_whole and look.matched_since is None


@pytest.mark.parametrize(("took_s", "rest_s"), [(0.001, 0.001 / WHOLE_SHARE), (9.0, WHOLE_S)])
def test_a_whole_look_rests_by_what_it_took(took_s: float, rest_s: float) -> None:
    depth = Depth()
    _looked(depth, at_s=100.0, took_s=took_s)
    assert not depth.look(100.0 + took_s + rest_s * 0.99).is_whole
    assert depth.look(100.0 + took_s + rest_s * 1.01).is_whole


def test_a_look_that_is_not_whole_puts_the_next_whole_one_off_for_nothing() -> None:
    depth = Depth()
    _looked(depth, at_s=0.0, took_s=0.1)
    look = _looked(depth, at_s=1.9, took_s=0.1)
    assert not look.is_whole
    assert depth.look(2.2).is_whole


def test_the_next_look_begins_at_the_oldest_that_was_seen() -> None:
    depth = Depth()
    ids = [least_id(OLD + timedelta(seconds=n)) for n in (3, 1, 2)]
    _looked(depth, at_s=0.0, took_s=1.0, arrived=ids, due=[OLD])
    look = depth.look(1.0)
    assert (look.arrived_from, look.due_from) == (ids[1], OLD)


def test_the_next_look_begins_no_later_than_what_may_be_committed_yet() -> None:
    depth = Depth()
    _looked(depth, at_s=0.0, took_s=1.0, arrived=[least_id(NOW)], due=[NOW])
    look = depth.look(1.0)
    assert (look.arrived_from, look.due_from) == (least_id(LATELY), LATELY)


def _looked(
    depth: Depth,
    *,
    at_s: float,
    took_s: float,
    arrived: list[str] | None = None,
    due: list[datetime] | None = None,
) -> Look:
    look = depth.look(at_s)
    seen = Seen(now=NOW, arrived=arrived or [], due=due or [], all_met=True)
    depth.looked(look, seen, at_s + took_s)
    return look
