"""Compliance: promises of dispatch by store, channel and carrier: kept, missed, or still open."""

from collections.abc import Iterable
from datetime import timedelta

import msgspec

from mtd.core.orders.states import OrderState
from mtd.core.process.compiler.timing import after
from mtd.runtime.app import App
from mtd.runtime.counts.sketch import Histogram, quantile_ms
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.figures.periods import Period
from mtd.runtime.desk.people.person import Person
from mtd.store.counts import figures
from mtd.store.counts.figures import Open, Scope, Settled, Span, Usual
from mtd.store.sessions import Connection

GROUPS = ("store", "channel", "carrier")
USUAL_DAYS = 28
USUAL_SHARE = 0.9
"""An order is said to miss its promise when nine in ten like it take longer than it has."""
USUAL_MIN = 20
"""Orders of a kind from which on it is said what they usually take."""
LEFT = (OrderState.DISPATCHED.value, OrderState.READY_FOR_PICKUP.value)
"""States that an order enters as it leaves, or may be fetched."""


class Compliance(msgspec.Struct, frozen=True, kw_only=True):
    """The promises of one group that were, or are, due in a period."""

    group: str
    """The store, channel or carrier; empty: no carrier, or all groups together."""
    kept: int = 0
    missed: int = 0
    dropped: int = 0
    """Cancelled before they left: neither kept nor missed."""
    on_time: int = 0
    """Open."""
    at_risk: int = 0
    """Open, and due within the customer's `task_at_risk`."""
    overdue: int = 0
    """Open, and due already."""
    doomed: int = 0
    """Open and not due yet, but orders like these usually take longer than they have."""

    @property
    def due(self) -> int:
        """Promises of which it is known whether they are kept."""
        return self.kept + self.missed + self.overdue

    @property
    def share(self) -> float | None:
        """The kept ones among them, from 0 to 1; None: there are none."""
        return self.kept / self.due if self.due else None


async def compliance(
    desk: Desk, person: Person, period: Period, by: str
) -> tuple[Compliance, list[Compliance]]:
    """All promises due in the period, and each group `by` store, channel or carrier.

    The groups with the worst share come first.
    """
    person.must("statistics.see")
    scope = period.scope(person.stores)
    async with desk.app.store.door(desk.tenant) as connection:
        return await promises(connection, desk.app, desk.tenant, scope, by)


async def promises(
    connection: Connection, app: App, tenant: int, scope: Scope, by: str
) -> tuple[Compliance, list[Compliance]]:
    """As `compliance`, of whatever is looked at."""
    now = app.clock.now()
    since = now - timedelta(days=USUAL_DAYS)
    spans = await figures.spans(connection, tenant, LEFT, since, scope.stores)
    settled = await figures.promises(connection, tenant, scope)
    risk = after(now, app.at_risk())
    open_ = await figures.open_promises(connection, tenant, scope, now, risk, usual(spans))
    groups = grouped(settled, open_, by)
    whole = _sum("", groups)
    return whole, sorted(
        groups, key=lambda one: (1.0 if one.share is None else one.share, one.group)
    )


def usual(spans: Iterable[Span]) -> list[Usual]:
    """What nine in ten orders of each store and channel take until they leave."""
    kinds: dict[tuple[str, str], Histogram] = {}
    for one in spans:
        kinds.setdefault((one.store, one.channel), {})[one.bucket] = one.n
    found: list[Usual] = []
    for (store, channel), sketch in kinds.items():
        took_ms = quantile_ms(sketch, USUAL_SHARE)
        if took_ms is not None and sum(sketch.values()) >= USUAL_MIN:
            found.append(Usual(store=store, channel=channel, usual_s=took_ms / 1000))
    return found


def grouped(settled: Iterable[Settled], open_: Iterable[Open], by: str) -> list[Compliance]:
    """The promises of each group."""
    parts: dict[str, list[Settled | Open]] = {}
    for one in (*settled, *open_):
        parts.setdefault(getattr(one, by), []).append(one)
    return [_sum(group, some) for group, some in parts.items()]


def _sum(group: str, parts: Iterable[Settled | Open | Compliance]) -> Compliance:
    names = ("kept", "missed", "dropped", "on_time", "at_risk", "overdue", "doomed")
    some = list(parts)
    return Compliance(
        group=group, **{name: sum(getattr(one, name, 0) for one in some) for name in names}
    )
