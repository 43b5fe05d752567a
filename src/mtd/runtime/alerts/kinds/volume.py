"""Volume: orders a minute against fixed bounds, and against what is usual at that time."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median

from mtd.core.orders.purchase_order import Channel
from mtd.runtime.alerts.measuring import (
    History,
    Measure,
    Point,
    Sight,
    bucket_at,
    windowed,
)
from mtd.runtime.settings.alerts import Volume
from mtd.store.alerts import sightings
from mtd.store.ids import least_id

WEEKS = 4
WEEK = timedelta(days=7)
WEEK_S = WEEK.total_seconds()


async def measure(sight: Sight, asked: Volume) -> list[Measure]:
    """The last window, against the same one of each of the four weeks before."""
    ends = [sight.now - WEEK * week for week in range(WEEKS + 1)]
    window = timedelta(seconds=asked.window_s)
    windows = [(least_id(end - window), least_id(end)) for end in ends]
    found = await sightings.arrivals(sight.connection, sight.tenant, asked.by, windows)
    now, before = found[0], found[1:]
    measured: list[Measure] = []
    for scope in sorted({*_known(sight, asked), *(name for one in found for name in one)}):
        usual = _per_min(median([one.get(scope, 0) for one in before]), asked)
        observed = _per_min(now.get(scope, 0), asked)
        bound, fires = judged(asked, observed, usual)
        measured.append(
            Measure(
                scope=scope,
                observed=observed,
                bound=bound,
                fires=fires,
                affected=now.get(scope, 0),
                facts={"window_s": asked.window_s, "usual": round(usual, 3), "by": asked.by},
                path=f"/orders?{asked.by}={scope}" if scope else "/orders",
            )
        )
    return measured


async def past(sight: Sight, asked: Volume, since: datetime, until: datetime) -> History:
    """Windows side by side, whole ones alone."""
    first = since - WEEK * WEEKS
    counts = await sightings.arrivals_past(
        sight.connection, sight.tenant, asked.by, least_id(first), least_id(until), asked.window_s
    )
    scopes = {*_known(sight, asked), *(scope for scope, _ in counts)}
    buckets = range(_bucket(since, asked) + 1, _bucket(until, asked))
    earliest = min((bucket_at(bucket, asked.window_s) for _, bucket in counts), default=None)
    points: list[Point] = []
    for scope in sorted(scopes):
        for bucket in buckets:
            before = [counts.get((scope, one), 0) for one in _weeks_before(bucket, asked)]
            usual = _per_min(median(before), asked)
            observed = _per_min(counts.get((scope, bucket), 0), asked)
            _, fires = judged(asked, observed, usual)
            points.append(windowed(scope, bucket, asked.window_s, observed, fires=fires))
    return History(points=points, since=None if earliest is None else max(since, earliest))


def judged(asked: Volume, observed: float, usual: float) -> tuple[float, bool]:
    """The bound that is broken, else the nearest one below or above; and whether one is."""
    shares = usual >= asked.usual_min_per_min and usual > 0
    low = _most(asked.low_per_min, asked.low_share * usual if asked.low_share and shares else None)
    high = _least(
        asked.high_per_min, asked.high_share * usual if asked.high_share and shares else None
    )
    if low is not None and observed < low:
        return low, True
    if high is not None and observed > high:
        return high, True
    return next((bound for bound in (low, high) if bound is not None), 0.0), False


def _known(sight: Sight, asked: Volume) -> Iterable[str]:
    match asked.by:
        case "store":
            return sight.app.settings.stores
        case "channel":
            return [channel.value for channel in Channel]
        case "all":
            return [""]


def _weeks_before(bucket: int, asked: Volume) -> Sequence[int]:
    """The windows of the same time in the four weeks before: whole weeks, to a window's length."""
    return [bucket - round(week * WEEK_S / asked.window_s) for week in range(1, WEEKS + 1)]


def _bucket(moment: datetime, asked: Volume) -> int:
    return int(moment.timestamp() // asked.window_s)


def _per_min(count: float, asked: Volume) -> float:
    return count * 60 / asked.window_s


def _most(*bounds: float | None) -> float | None:
    return max((bound for bound in bounds if bound is not None), default=None)


def _least(*bounds: float | None) -> float | None:
    return min((bound for bound in bounds if bound is not None), default=None)
