"""Usual: how long orders of a kind take until they leave, by what was counted of late."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from mtd.core.orders.states import OrderState
from mtd.runtime.counts.sketch import Histogram, quantile_ms
from mtd.store.counts import figures
from mtd.store.counts.figures import Span, Usual
from mtd.store.sessions import Connection

USUAL_DAYS = 28
USUAL_SHARE = 0.9
"""An order is said to miss its promise when nine in ten like it take longer than it has."""
USUAL_MIN = 20
"""Orders of a kind from which on it is said what they usually take."""
LEFT = (OrderState.DISPATCHED.value, OrderState.READY_FOR_PICKUP.value)
"""States that an order enters as it leaves, or may be fetched."""


async def usual(
    connection: Connection, tenant: int, now: datetime, stores: Sequence[str] | None
) -> list[Usual]:
    """What nine in ten orders of each store and channel took of late until they left."""
    since = now - timedelta(days=USUAL_DAYS)
    return of_spans(await figures.spans(connection, tenant, LEFT, since, stores))


def of_spans(spans: Iterable[Span]) -> list[Usual]:
    """What nine in ten of them took, where there are enough to say so."""
    kinds: dict[tuple[str, str], Histogram] = {}
    for one in spans:
        kinds.setdefault((one.store, one.channel), {})[one.bucket] = one.n
    found: list[Usual] = []
    for (store, channel), sketch in kinds.items():
        took_ms = quantile_ms(sketch, USUAL_SHARE)
        if took_ms is not None and sum(sketch.values()) >= USUAL_MIN:
            found.append(Usual(store=store, channel=channel, usual_s=took_ms / 1000))
    return found
