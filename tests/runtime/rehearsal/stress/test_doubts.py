"""Doubts: what was made twice, lost or left unseen fails, and so does a run that showed none."""

from mtd.runtime.rehearsal.stress.doubts import seen
from mtd.store.operations.gauges import Doubt

ENDED, DOUBTED = Doubt("a", ended=True, seen=False), Doubt("b", ended=False, seen=True)


def passed(found: list[Doubt], applied: dict[str, int], count: int) -> list[bool]:
    return [check.passed for check in seen(found, applied, count)]


def test_in_doubt_and_seen_is_right_whether_it_was_made_or_not() -> None:
    assert passed([ENDED, DOUBTED], {"a": 1, "b": 1}, 2) == [True, True, True]
    assert passed([ENDED, DOUBTED], {"a": 1}, 2) == [True, True, True]


def test_twice_is_wrong() -> None:
    assert passed([ENDED, DOUBTED], {"a": 2}, 2) == [False, True, True]


def test_ended_without_an_effect_is_wrong() -> None:
    assert passed([ENDED, DOUBTED], {"b": 1}, 2) == [True, False, True]


def test_neither_ended_nor_seen_is_wrong_and_so_is_one_that_is_not_there() -> None:
    unseen = Doubt("c", ended=False, seen=False)
    assert passed([ENDED, DOUBTED, unseen], {"a": 1}, 3) == [True, False, True]
    assert passed([ENDED, DOUBTED], {"a": 1}, 3) == [True, False, True]


def test_a_run_without_a_doubt_has_shown_nothing() -> None:
    assert passed([ENDED], {"a": 1}, 1) == [True, True, False]
