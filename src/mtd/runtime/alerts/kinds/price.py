"""Price: orders with a price or a discount out of its band, looked into as they come."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from mtd.core.orders.json import read_json
from mtd.core.orders.pricing import Outlier, outliers
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.runtime.alerts.measuring import History, Measure, Sight, id_at, windowed
from mtd.runtime.settings.alerts import Price, bounds, exact
from mtd.runtime.vault import Broken
from mtd.store.alerts import sightings
from mtd.store.alerts.sightings import Sealed

ORDERS_MAX = 2_000
"""The latest of a window that are looked into at one look."""
PAST_MAX = 5_000
"""The latest of the past that are."""
BREATH = 50
"""Orders that are opened until others have a turn."""
JUDGED_MAX = 20_000
TOLD_MAX = 5
"""Orders that an alert names."""


async def measure(sight: Sight, asked: Price) -> list[Measure]:
    """The last window's orders, by store."""
    first = id_at(sight.now - timedelta(seconds=asked.window_s))
    last = id_at(sight.now + timedelta(minutes=1))
    found = await sightings.contents(sight.connection, sight.tenant, first, last, ORDERS_MAX)
    told = await _judged(sight, asked, found)
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
                    words for one in found if one.store == store for words in told[one.order][:1]
                )[:1_000],
            },
            path=f"/orders?store={store}",
        )
        for store, count in sorted(stores.items())
    ]
    return measured or [Measure(observed=0, bound=0, fires=False)]


async def past(sight: Sight, asked: Price, since: datetime, until: datetime) -> History:
    """The latest orders of the past, opened again."""
    found = await sightings.contents(
        sight.connection, sight.tenant, id_at(since), id_at(until), PAST_MAX
    )
    told = await _judged(sight, asked, found)
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


async def _judged(sight: Sight, asked: Price, found: list[Sealed]) -> Mapping[str, tuple[str, ...]]:
    """What is out of bounds in each order, in words; each is opened once for a rule."""
    bands = {sku: bounds(band) for sku, band in asked.bands.items()}
    share = None if asked.discount_share_max is None else exact(asked.discount_share_max)
    rule = hashlib.sha256(msgspec.json.encode(asked)).hexdigest()[:16]
    if len(sight.judged) > JUDGED_MAX:
        sight.judged.clear()
    told: dict[str, tuple[str, ...]] = {}
    for n, one in enumerate(found):
        key = f"{rule}:{one.order}"
        if key not in sight.judged:
            order = _opened(sight, one)
            wrong = () if order is None else outliers(order, bands, share)
            name = "" if order is None else order.external_id
            sight.judged[key] = tuple(_worded(name, each) for each in wrong)[:TOLD_MAX]
            if n % BREATH == 0:
                await asyncio.sleep(0)
        told[one.order] = sight.judged[key]
    return told


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
