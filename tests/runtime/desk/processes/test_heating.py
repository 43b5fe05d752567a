"""Heat: shades are of the hottest, and what was is told beside what is."""

from mtd.runtime.desk.processes.heating import LEVELS, Heat, coloured


def test_the_hottest_has_the_strongest_shade_and_nothing_has_none() -> None:
    found = coloured({"a": 100.0, "b": 41.0, "c": 1.0, "d": 0.0}, {"a": 50.0})
    assert found["a"] == Heat(value=100.0, before=50.0, level=LEVELS)
    assert [found[id_].level for id_ in "bcd"] == [3, 1, 0]
    assert found["b"].before is None


def test_where_nothing_was_nothing_is_hot() -> None:
    assert [one.level for one in coloured({"a": 0.0}, {}).values()] == [0]
    assert coloured({}, {"a": 1.0}) == {}
