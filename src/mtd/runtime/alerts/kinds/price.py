"""Price: orders with a price or a discount out of its band, looked into as they come."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from mtd.core.orders.json import read_json
from mtd.core.orders.pricing import Outlier, outliers
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.runtime.alerts.measuring import History, Measure, Sight, windowed
from mtd.runtime.settings.alerts import Price, bounds, exact
from mtd.runtime.vault import Broken
from mtd.store.alerts import sightings
from mtd.store.alerts.sightings import Arrived, Sealed
from mtd.store.ids import least_id

WINDOW_MAX = 20_000
"""The latest orders of a window, beyond which older ones are not counted."""
OPENED_MAX = 2_000
"""Orders that are opened at one look, the latest first; what is left is opened at the next."""
PAST_MAX = 5_000
"""The latest of the past that are looked into."""
BREATH = 50
"""Orders that are read and opened at once; then others have a turn."""
JUDGED_MAX = 50_000
"""Orders of which it is remembered what was found."""
TOLD_MAX = 5
"""Orders that an alert names."""


async def measure(sight: Sight, asked: Price) -> list[Measure]:
    """The last window's orders, by store."""
    first = least_id(sight.now - timedelta(seconds=asked.window_s))
    last = least_id(sight.now + timedelta(minutes=1))
    found = await sightings.arrived(sight.connection, sight.tenant, first, last, WINDOW_MAX)
    told = await _judged(sight, asked, found, OPENED_MAX)
    stores = Counter(one.store for one in found if told.get(one.order))
    measured = [
        Measure(
            scope=store,
            observed=count,
            bound=0,
            fires=True,
            affected=count,
            facts={
                "window_s": asked.window_s,
                "orders": "; ".join(
                    words
                    for one in found
                    if one.store == store
                    for words in told.get(one.order, ())[:1]
                )[:1_000],
            },
            path=f"/orders?store={store}",
        )
        for store, count in sorted(stores.items())
    ]
    return measured or [Measure(observed=0, bound=0, fires=False)]


async def past(sight: Sight, asked: Price, since: datetime, until: datetime) -> History:
    """The latest orders of the past, opened again."""
    found = await sightings.arrived(
        sight.connection, sight.tenant, least_id(since), least_id(until), PAST_MAX
    )
    told = await _judged(sight, asked, found, PAST_MAX)
    counts = Counter(
        (one.store, int(one.received_at.timestamp() // asked.window_s))
        for one in found
        if told.get(one.order)
    )
    points = [
        windowed(store, bucket, asked.window_s, count, fires=True)
        for (store, bucket), count in counts.items()
    ]
    complete = len(found) < PAST_MAX
    earliest = since if complete else min(one.received_at for one in found)
    return History(points=points, since=earliest, complete=complete)


async def _judged(
    sight: Sight, asked: Price, found: Sequence[Arrived], opened_max: int
) -> Mapping[str, tuple[str, ...]]:
    """What is out of bounds in each order, in words; each is opened once for a rule."""
    rule = hashlib.sha256(msgspec.json.encode(asked)).hexdigest()[:16]
    if len(sight.judged) > JUDGED_MAX:
        sight.judged.clear()
    unknown = [one.order for one in found if (rule, one.order) not in sight.judged][:opened_max]
    for n in range(0, len(unknown), BREATH):
        await _look_into(sight, asked, rule, unknown[n : n + BREATH])
    return {
        one.order: sight.judged[rule, one.order]
        for one in found
        if (rule, one.order) in sight.judged
    }


async def _look_into(sight: Sight, asked: Price, rule: str, ids: Sequence[str]) -> None:
    bands = {sku: bounds(band) for sku, band in asked.bands.items()}
    share = None if asked.discount_share_max is None else exact(asked.discount_share_max)
    sight.judged.update(dict.fromkeys(((rule, id_) for id_ in ids), ()))
    for one in await sightings.contents(sight.connection, sight.tenant, ids):
        order = _opened(sight, one)
        if order is not None:
            wrong = outliers(order, bands, share)
            told = tuple(_worded(order.external_id, each) for each in wrong)
            sight.judged[rule, one.order] = told[:TOLD_MAX]


def _opened(sight: Sight, one: Sealed) -> PurchaseOrder | None:
    """None: the person was erased meanwhile, or it cannot be read any more."""
    try:
        content = sight.app.vault.open(
            sight.tenant, one.order, one.key_id, one.wrapped_key, one.ciphertext
        )
    except Broken:
        return None
    order = read_json(content)
    return order if isinstance(order, PurchaseOrder) else None


def _worded(order: str, one: Outlier) -> str:
    if one.is_discount and one.high is not None:
        return f"{order} {one.sku} −{one.observed:.0%} (≤ {one.high:.0%})"
    low = "" if one.low is None else f"{one.low:f}"
    high = "" if one.high is None else f"{one.high:f}"
    return f"{order} {one.sku} {one.observed:f} ({low}–{high})"
