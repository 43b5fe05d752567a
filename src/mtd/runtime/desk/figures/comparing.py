"""Comparing: a day hour by hour against the same hours of the four weeks before."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from statistics import median

import msgspec

from mtd.core.orders.states import OrderState
from mtd.runtime.counts.tally import HOUR
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.person import Person
from mtd.store.counts import figures
from mtd.store.counts.figures import Entries

WEEKS = 4
HOURS = 24

METRICS: dict[str, tuple[str, ...]] = {
    "received": (OrderState.RECEIVED.value,),
    "amount": (OrderState.RECEIVED.value,),
    "invoiced": (OrderState.INVOICED.value,),
    "left": (OrderState.DISPATCHED.value, OrderState.READY_FOR_PICKUP.value),
    "exceptions": (OrderState.EXCEPTION.value,),
    "cancelled": (OrderState.CANCELLED.value,),
}
"""What is compared, and the states whose entries it counts; of `amount`, their money."""
AMOUNT = "amount"


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """One hour of the day, by the clock on the wall."""

    hour: int
    now: float | None
    """None: it is still to come."""
    usual: float
    """The median of the four weeks."""
    low: float
    high: float
    """The least and the most of them."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A day against the four weeks before, all at the same weekday."""

    metric: str
    day: date
    hours: tuple[Hour, ...]
    now: float
    """So far."""
    usual: float
    """At the same time of the day, the hour that runs taken by its share."""
    currency: str
    """Of an amount."""

    @property
    def change(self) -> float | None:
        """How much more than usual, as a share of that; None: usual is nothing."""
        return (self.now - self.usual) / self.usual if self.usual else None


async def comparisons(
    desk: Desk, person: Person, metrics: Iterable[str], stores: tuple[str, ...] | None
) -> tuple[list[Comparison], list[Entries]]:
    """Today by each of the metrics; and the entries of today and the four days it is held against.

    `stores`: as far as the person sees them.
    """
    person.must("statistics.see")
    now, wanted = desk.app.clock.now(), tuple(metrics)
    states = sorted({state for metric in wanted for state in METRICS[metric]})
    today = now.astimezone(desk.zone).date()
    async with desk.app.store.window(desk.tenant) as connection:
        found = await figures.orders(
            connection, desk.tenant, HOUR, spans(today, desk.zone), states, stores
        )
    return [compared(metric, found, now, desk.zone) for metric in wanted], found


def spans(today: date, zone: tzinfo) -> list[tuple[datetime, datetime]]:
    """Today, and the same weekday of each of the four weeks before."""
    days = [today - timedelta(weeks=week) for week in range(WEEKS + 1)]
    return [(_start(day, zone), _start(day + timedelta(days=1), zone)) for day in days]


def compared(metric: str, entries: Iterable[Entries], now: datetime, zone: tzinfo) -> Comparison:
    """What entries say of one metric."""
    local = now.astimezone(zone)
    today = local.date()
    sums: dict[tuple[date, int], Decimal | int] = {}
    currency = ""
    for one in entries:
        if one.state not in METRICS[metric]:
            continue
        at = one.since.astimezone(zone)
        value = one.amount if metric == AMOUNT else one.n
        sums[at.date(), at.hour] = sums.get((at.date(), at.hour), 0) + value
        currency = currency or one.currency
    days = [today - timedelta(weeks=week) for week in range(1, WEEKS + 1)]
    hours = [_hour(hour, today, days, sums, local.hour) for hour in range(HOURS)]
    part = (local.minute * 60 + local.second) / 3600
    usual = sum(one.usual for one in hours[: local.hour]) + hours[local.hour].usual * part
    so_far = sum(one.now or 0 for one in hours)
    return Comparison(
        metric=metric, day=today, hours=tuple(hours), now=so_far, usual=usual, currency=currency
    )


def _hour(
    hour: int, today: date, days: list[date], sums: dict[tuple[date, int], Decimal | int], now: int
) -> Hour:
    then = [float(sums.get((day, hour), 0)) for day in days]
    return Hour(
        hour=hour,
        now=float(sums.get((today, hour), 0)) if hour <= now else None,
        usual=float(median(then)),
        low=min(then),
        high=max(then),
    )


def _start(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
