"""Stuck: orders that nothing has moved on for too long."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from mtd.core.orders.states import OrderState
from mtd.runtime.alerts.kinds.readings import above, history
from mtd.runtime.alerts.measuring import History, Measure, Remedy, Sight, counted
from mtd.runtime.settings.alerts import Stuck
from mtd.store.alerts import sightings
from mtd.store.operations.standings import Filter


async def measure(sight: Sight, asked: Stuck) -> list[Measure]:
    """Orders that are not over and have been in one of the states since before."""
    before = sight.now - timedelta(seconds=asked.after_s)
    found = await sightings.standing(
        sight.connection, sight.tenant, asked.by, asked.states, before=before
    )
    if not found:
        return [counted(0, asked.more_than)]
    return [
        counted(
            one.count,
            asked.more_than,
            scope=one.scope,
            facts={
                "states": " ".join(asked.states),
                "after_s": asked.after_s,
                "since": one.since.isoformat(),
            },
            path="/orders?" + urlencode(_query(asked, one.scope), doseq=True),
            remedy=_remedy(asked, one.scope),
        )
        for one in found
    ]


async def past(sight: Sight, asked: Stuck, since: datetime, until: datetime) -> History:
    """From what was measured while the rule, or one of the same states and time, was looked at."""
    return await history(sight, reads(asked), since, until, above(asked.more_than))


def reads(asked: Stuck) -> str:
    """The name of its readings."""
    return f"stuck:{asked.by}:{asked.after_s}:{' '.join(sorted(asked.states))}"


def _query(asked: Stuck, store: str) -> dict[str, object]:
    return {"state": asked.states, **({"store": store} if store else {})}


def _remedy(asked: Stuck, store: str) -> Remedy | None:
    """Who is stuck with an exception may be retried."""
    if asked.states != (OrderState.EXCEPTION.value,):
        return None
    return Remedy(action="retry", filter=Filter(state=asked.states[0], store=store or None))
