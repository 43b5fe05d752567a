"""Claims: buyers claim invoices whose orders no process looks after any more.

Each claim is a condition of its own: whoever saw to one has not seen to the next.
"""

from datetime import datetime, timedelta

from mtd.connectors.tax.issuers import native_issuers, type_codes
from mtd.core.tax.request import FiscalKind
from mtd.runtime.alerts.measuring import History, Measure, Point, Sight
from mtd.runtime.settings.alerts import ClaimsUnheard
from mtd.store.tax import buyers
from mtd.store.tax.buyers import UNHEARD_MAX, Unheard


async def measure(sight: Sight, asked: ClaimsUnheard) -> list[Measure]:
    """Those of the window that no credit note answered."""
    since = sight.now - timedelta(seconds=asked.window_s)
    found = await _unheard(sight, since, sight.now)
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
    found = await _unheard(sight, since, until)
    window = timedelta(seconds=asked.window_s)
    points = [
        Point(
            _scope(one), one.seen_at, min(one.answered_at or until, one.seen_at + window), 1, True
        )
        for one in found
    ]
    return History(points=points, since=since, complete=len(found) < UNHEARD_MAX)


async def _unheard(sight: Sight, since: datetime, until: datetime) -> list[Unheard]:
    issuers = native_issuers(sight.app.settings.issuers).values()
    notes = type_codes(issuers, FiscalKind.CREDIT_NOTE)
    return await buyers.unheard(sight.connection, sight.tenant, notes, since, until)


def _scope(one: Unheard) -> str:
    """`paris/33-1234/RCD`: the store first, by which is decided who sees it."""
    return "/".join(filter(None, (one.store, one.document, one.code)))
