"""Sketches: histograms of durations that merge by addition and know how wrong their quantiles are.

A duration falls into the bucket of the next power of GROWTH, so that whatever is read off a merged
sketch is at most ERROR beside the true value (DDSketch: Masson, Rim, Lee; VLDB 2019).
"""

import math
from collections.abc import Iterable, Mapping
from datetime import timedelta

GROWTH = 1.1
ERROR = (GROWTH - 1) / (GROWTH + 1)
"""The most that a quantile is wrong, as a share of it: 4.8 %."""
BUCKET_MAX = 260
"""1.1 to the power of 260 ms is more than a year; what is longer counts as that."""

Histogram = dict[int, int]
"""How many durations fell into each bucket."""

_LOG = math.log(GROWTH)
_MILLISECOND = timedelta(milliseconds=1)


def bucket(duration_ms: float) -> int:
    """The bucket of a duration; 0: a millisecond or less."""
    if duration_ms <= 1.0:
        return 0
    return min(BUCKET_MAX, math.ceil(math.log(duration_ms) / _LOG))


def bucket_of(span: timedelta) -> int:
    """The bucket of a span of time; one that runs backwards is none."""
    return bucket(span / _MILLISECOND)


def middle_ms(number: int) -> float:
    """The duration that is said of a bucket."""
    return 1.0 if number == 0 else 2 * GROWTH**number / (GROWTH + 1)


def merged(sketches: Iterable[Mapping[int, int]]) -> Histogram:
    """All of them in one."""
    whole: Histogram = {}
    for one in sketches:
        for number, n in one.items():
            whole[number] = whole.get(number, 0) + n
    return whole


def quantile_ms(sketch: Mapping[int, int], share: float) -> float | None:
    """The duration that `share` (0 to 1) of them do not exceed; None: there are none."""
    left = math.ceil(sum(sketch.values()) * share)
    for number in sorted(sketch):
        left -= sketch[number]
        if left <= 0:
            return middle_ms(number)
    return None
