"""Sketches: quantiles within their error, merged or not."""

from hypothesis import given
from hypothesis import strategies as st

from mtd.runtime.counts.sketch import ERROR, bucket, merged, quantile_ms
from mtd.runtime.rehearsal.figures import percentile

DURATIONS = st.lists(st.floats(1.0, 2_000_000_000.0), min_size=1, max_size=200)


@given(DURATIONS, st.sampled_from((0.5, 0.95)))
def test_a_quantile_is_at_most_its_error_beside_the_true_one(
    values: list[float], share: float
) -> None:
    sketch = merged({bucket(value): 1} for value in values)
    told = quantile_ms(sketch, share)
    assert told is not None
    true = percentile(values, share)
    assert abs(told - true) <= true * ERROR * 1.000001


@given(DURATIONS, DURATIONS)
def test_merging_is_adding(ours: list[float], theirs: list[float]) -> None:
    apart = (merged({bucket(v): 1} for v in ours), merged({bucket(v): 1} for v in theirs))
    assert merged(apart) == merged({bucket(v): 1} for v in (*ours, *theirs))


def test_of_nothing_nothing_is_told() -> None:
    assert quantile_ms({}, 0.5) is None
    assert bucket(-3.0) == bucket(0.0) == 0
