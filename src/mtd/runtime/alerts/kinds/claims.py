"""Claims: buyers claim invoices whose orders no process looks after any more.

Each claim is a condition of its own: whoever saw to one has not seen to the next.
"""

from datetime import datetime, timedelta

from mtd.runtime.alerts.measuring import History, Measure, Point, Sight
from mtd.runtime.settings.alerts import ClaimsUnheard
from mtd.store.tax import buyers
from mtd.store.tax.buyers import UNHEARD_MAX, Unheard


async def measure(sight: Sight, asked: ClaimsUnheard) -> list[Measure]:
    """Those of the window that no credit note answered."""
    since = sight.now - timedelta(seconds=asked.window_s)
    found = await buyers.unheard(sight.connection, sight.tenant, since, sight.now)
    return [
        Measure(
            scope=_scope(one),
            observed=1,
            bound=0,
            fires=True,
            affected=1,
            facts={"orders": f"{one.external_id} {one.document} {one.code}".strip()},
            path="" if one.order is None else f"/orders/{one.order}",
        )
        for one in found
        if one.answered_at is None
    ] or [Measure(observed=0, bound=0, fires=False)]


async def past(sight: Sight, asked: ClaimsUnheard, since: datetime, until: datetime) -> History:
    """From when each was read until it was answered, or the window was over."""
    found = await buyers.unheard(sight.connection, sight.tenant, since, until)
    window = timedelta(seconds=asked.window_s)
    points = [
        Point(
            _scope(one), one.seen_at, min(one.answered_at or until, one.seen_at + window), 1, True
        )
        for one in found
    ]
    return History(points=points, since=since, complete=len(found) < UNHEARD_MAX)


def _scope(one: Unheard) -> str:
    """`paris/33-1234/RCD`: the store first, by which is decided who sees it."""
    return "/".join(filter(None, (one.store, one.document, one.code)))
