"""Promise: orders whose promise is near, or past, and that have not been dispatched."""

from datetime import datetime, timedelta

from mtd.core.orders.states import OrderState
from mtd.runtime.alerts.kinds.readings import above, history
from mtd.runtime.alerts.measuring import History, Measure, Sight, counted
from mtd.runtime.settings.alerts import Promise
from mtd.store.alerts import sightings

UNDISPATCHED = (
    OrderState.RECEIVED,
    OrderState.VALIDATED,
    OrderState.PAYMENT_CONFIRMED,
    OrderState.DTE_ISSUANCE,
    OrderState.INVOICED,
    OrderState.IN_FULFILLMENT,
    OrderState.ON_HOLD,
    OrderState.EXCEPTION,
)
"""An order that waits to be picked up, or is to be cancelled, breaks no promise of dispatch."""


async def measure(sight: Sight, asked: Promise) -> list[Measure]:
    """Orders that are promised before the time is up."""
    found = await sightings.standing(
        sight.connection,
        sight.tenant,
        asked.by,
        [state.value for state in UNDISPATCHED],
        promised=sight.now + timedelta(seconds=asked.ahead_s),
    )
    if not found:
        return [counted(0, asked.more_than)]
    return [
        counted(
            one.count,
            asked.more_than,
            scope=one.scope,
            facts={
                "ahead_s": asked.ahead_s,
                "promised_at": one.promised_at.isoformat() if one.promised_at else None,
            },
            path=f"/orders?view=live&store={one.scope}" if one.scope else "/orders?view=live",
        )
        for one in found
    ]


async def past(sight: Sight, asked: Promise, since: datetime, until: datetime) -> History:
    """From what was measured while the rule, or one of the same time ahead, was looked at."""
    return await history(sight, reads(asked), since, until, above(asked.more_than))


def reads(asked: Promise) -> str:
    """The name of its readings."""
    return f"promise:{asked.by}:{asked.ahead_s}"
