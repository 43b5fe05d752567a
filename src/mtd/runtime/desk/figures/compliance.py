"""Compliance: promises of dispatch by store, channel and carrier: kept, missed, or still open."""

from collections.abc import Iterable

import msgspec

from mtd.core.process.compiler.timing import after
from mtd.runtime.app import App
from mtd.runtime.counts.usual import usual
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.figures.periods import Period
from mtd.runtime.desk.people.person import Person
from mtd.store.counts import figures
from mtd.store.counts.figures import Open, Scope, Settled
from mtd.store.sessions import Connection

DAY = "day"
GROUPS = ("store", "channel", "carrier", DAY)


class Compliance(msgspec.Struct, frozen=True, kw_only=True):
    """The promises of one group that were, or are, due in a period."""

    group: str
    """The store, channel, carrier or day; empty: no carrier, or all groups together."""
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
    """All promises due in the period, and each group `by` one of GROUPS.

    The groups with the worst share come first; days as they come.
    """
    person.must("statistics.see")
    scope = period.scope(person.stores)
    async with desk.app.store.window(desk.tenant) as connection:
        return await promises(connection, desk.app, desk.tenant, scope, by)


async def promises(
    connection: Connection, app: App, tenant: int, scope: Scope, by: str
) -> tuple[Compliance, list[Compliance]]:
    """As `compliance`, of whatever is looked at."""
    now, zone = app.clock.now(), app.settings.time_zone if by == DAY else None
    settled = await figures.promises(connection, tenant, scope, zone)
    risk = after(now, app.at_risk())
    kinds = await usual(connection, tenant, now, scope.stores)
    open_ = await figures.open_promises(connection, tenant, scope, now, risk, kinds, zone)
    groups = grouped(settled, open_, by)
    return _sum("", groups), sorted(groups, key=_by_day if by == DAY else _worst)


def _by_day(one: Compliance) -> str:
    return one.group


def _worst(one: Compliance) -> tuple[float, str]:
    return 1.0 if one.share is None else one.share, one.group


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
