"""Figures: percentiles, and whether what was measured is what was to be reached."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.runtime.rehearsal.figures import Check, Figure, Report, percentile

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1)


@given(VALUES, st.floats(0, 1))
def test_so_many_do_not_exceed_the_percentile(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
    assert sum(value < found for value in values) <= max(0.0, share * len(values))


def test_percentiles_of_a_hundred() -> None:
    values = [float(n) for n in range(1, 101)]
    found = [percentile(values, share) for share in (0, 0.5, 0.95, 0.99, 1)]
    assert found == [1, 50, 95, 99, 100]
    assert math.isnan(percentile([], 0.5))


@pytest.mark.parametrize(
    ("at_least", "at_most", "reached"),
    [
        (2.0, None, True),
        (2.1, None, False),
        (None, 2.0, True),
        (None, 1.9, False),
        (None, None, None),
    ],
)
def test_reached(at_least: float | None, at_most: float | None, reached: bool | None) -> None:
    figure = Figure(name="", value=2.0, unit="", at_least=at_least, at_most=at_most)
    assert figure.reached is reached


def test_a_report_passes_when_every_check_does() -> None:
    good, bad = Check(name="a", passed=True), Check(name="b", passed=False)
    missed = Figure(name="", value=2.0, unit="", at_most=1.0)
    assert Report(figures=[missed], checks=[good]).passed
    assert not Report(figures=[], checks=[good, bad]).passed
