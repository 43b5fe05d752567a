"""Overview: today against the usual, store by store, the promises, and the counterparts."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec

from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.figures.comparing import HOURS, METRICS, Comparison, comparisons
from mtd.runtime.desk.figures.compliance import Compliance, compliance
from mtd.runtime.desk.figures.figures import scope_of
from mtd.runtime.desk.figures.periods import read_period
from mtd.runtime.desk.figures.steps import Counterpart, steps
from mtd.runtime.desk.people.person import Person
from mtd.store.counts.figures import Entries

SHOWN = ("received", "amount", "left", "exceptions")
"""Metrics at the top of the page."""
HEATS = 4
"""Shades of the strip of stores and hours, beside none."""
LATELY = timedelta(hours=1)


class StoreHours(msgspec.Struct, frozen=True, kw_only=True):
    """The orders that a store received in each hour of today."""

    store: str
    hours: tuple[int, ...]
    heats: tuple[int, ...]
    """From 0 to HEATS, by the most of any store and hour."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the first page tells in figures."""

    day: date
    comparisons: tuple[Comparison, ...]
    promises: Compliance
    stores: tuple[StoreHours, ...]
    counterparts: tuple[Counterpart, ...]


async def overview_figures(desk: Desk, person: Person) -> Told:
    """Today, as far as it went."""
    person.must("statistics.see")
    now = desk.app.clock.now()
    found, entries = await comparisons(desk, person, SHOWN, person.stores)
    today = read_period({}, now, desk.zone)
    whole, _ = await compliance(desk, person, today, "store")
    _, systems = await steps(desk, person, scope_of(now - LATELY, now, desk.zone, person.stores))
    return Told(
        day=today.first,
        comparisons=tuple(found),
        promises=whole,
        stores=strip([one for one in entries if one.since >= today.since], desk.zone),
        counterparts=tuple(systems),
    )


def strip(entries: list[Entries], zone: ZoneInfo) -> tuple[StoreHours, ...]:
    """The stores that received orders, by name, hour by hour."""
    sums: dict[str, list[int]] = {}
    for one in entries:
        if one.state in METRICS["received"]:
            hours = sums.setdefault(one.store, [0] * HOURS)
            hours[one.since.astimezone(zone).hour] += one.n
    most = max((n for hours in sums.values() for n in hours), default=0)
    return tuple(
        StoreHours(
            store=store,
            hours=tuple(hours),
            heats=tuple(-(-n * HEATS // most) if most else 0 for n in hours),
        )
        for store, hours in sorted(sums.items())
    )
