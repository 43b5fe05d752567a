"""The daily report: what a day brought, what became of it, and what is left to do."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from statistics import median
from zoneinfo import ZoneInfo

import msgspec

from mtd.core.orders.states import OrderState
from mtd.core.process.telling import label
from mtd.runtime.app import App
from mtd.runtime.counts.tally import HOUR
from mtd.runtime.desk.figures.comparing import spans
from mtd.runtime.desk.figures.compliance import Compliance, promises
from mtd.runtime.desk.figures.periods import CUSTOM, Period
from mtd.runtime.desk.figures.sales import GROUPS, STATES, Sales, grouped
from mtd.runtime.operations.operations import NotFound
from mtd.runtime.tax.forecasting import Forecast, forecast
from mtd.store.counts import figures
from mtd.store.counts.figures import Entries
from mtd.store.reports import day as rows
from mtd.store.reports.day import Cause, Unsettled
from mtd.store.sessions import Connection

COUNTS: dict[str, tuple[str, ...]] = {
    "received": (OrderState.RECEIVED.value,),
    "invoiced": (OrderState.INVOICED.value,),
    "left": (OrderState.DISPATCHED.value, OrderState.READY_FOR_PICKUP.value),
    "completed": (OrderState.CLOSED.value,),
    "cancelled": (OrderState.CANCELLED.value,),
    "exceptions": (OrderState.EXCEPTION.value,),
}
"""What is counted, and the states whose entries it counts."""

FIRST_YEAR, LAST_YEAR = 2000, 2200
"""Days may be asked for whose weeks before, and whose day after, are days as well."""


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How often something happened."""

    name: str
    """Of COUNTS."""
    n: int
    usual: float
    """The median of the same weekday of the four weeks before."""


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """Money that orders came to as they were received."""

    currency: str
    amount: Decimal


class Trouble(Cause, frozen=True, kw_only=True):
    """A cause of exceptions."""

    step: str
    """What the drawing calls the element."""


class DailyReport(msgspec.Struct, frozen=True, kw_only=True):
    """A day in figures.

    Promises and causes say how their orders stand when it was made; so do folios and documents.
    """

    day: date
    """By the customer's clock."""
    made_at: datetime
    counted_until: datetime | None
    """Entries after it are not in it; None: nothing was counted yet."""
    whole: bool
    """All of the day is counted."""
    stores: tuple[str, ...] | None
    """Whose orders it tells of; None: of all."""
    counts: tuple[Count, ...]
    amounts: tuple[Amount, ...]
    promises: Compliance
    """Of dispatch, those that were due on the day."""
    promises_by_store: tuple[Compliance, ...]
    causes: tuple[Trouble, ...]
    """Of exceptions that began on the day, the most orders first."""
    sales: dict[str, tuple[Sales, ...]]
    """By store, channel and document."""
    folios: tuple[Forecast, ...] = ()
    """Of all series, if it is of all stores."""
    unsettled: tuple[Unsettled, ...] = ()
    """Tax documents that are on their way, if it is of all stores."""


def the_day_before(now: datetime, zone: tzinfo) -> date:
    """Yesterday, by the clock there."""
    return date.fromordinal(now.astimezone(zone).date().toordinal() - 1)


async def daily_report(
    app: App, tenant: int, day: date, stores: tuple[str, ...] | None
) -> DailyReport:
    """A day of these stores; None: of all."""
    async with app.store.window(tenant) as connection:
        return await report(connection, app, tenant, day, stores)


async def report(
    connection: Connection, app: App, tenant: int, day: date, stores: tuple[str, ...] | None
) -> DailyReport:
    """As `daily_report`, on a connection that is there already."""
    zone = ZoneInfo(app.settings.time_zone)
    period = Period(name=CUSTOM, first=day, last=day, zone=zone)
    scope = period.scope(stores)
    states = sorted({state for some in COUNTS.values() for state in some})
    entries = await figures.orders(connection, tenant, HOUR, spans(day, zone), states, stores)
    whole, by_store = await promises(connection, app, tenant, scope, "store")
    sold = await figures.sales(connection, tenant, scope, list(STATES.values()))
    causes = await rows.causes(connection, tenant, period.since, period.until, stores)
    read_at = await figures.read_at(connection)
    everywhere = stores is None
    return DailyReport(
        day=day,
        made_at=app.clock.now(),
        counted_until=read_at,
        whole=read_at is not None and read_at >= period.until,
        stores=stores,
        counts=tuple(counts(entries, day, zone)),
        amounts=tuple(amounts(entries, day, zone)),
        promises=whole,
        promises_by_store=tuple(by_store),
        causes=tuple([await _named(app, tenant, one) for one in causes]),
        sales={by: tuple(grouped(sold, by)) for by in GROUPS},
        folios=tuple(await forecast(app, connection, tenant)) if everywhere else (),
        unsettled=tuple(await rows.unsettled(connection, tenant)) if everywhere else (),
    )


def counts(entries: Sequence[Entries], day: date, zone: tzinfo) -> Iterable[Count]:
    """How often each of COUNTS happened on the day, and on the four before it."""
    before = [since.astimezone(zone).date() for since, _ in spans(day, zone)[1:]]
    for name, states in COUNTS.items():
        sums: dict[date, int] = {}
        for one in entries:
            if one.state in states:
                at = one.since.astimezone(zone).date()
                sums[at] = sums.get(at, 0) + one.n
        usual = float(median(sums.get(at, 0) for at in before))
        yield Count(name=name, n=sums.get(day, 0), usual=usual)


def amounts(entries: Iterable[Entries], day: date, zone: tzinfo) -> Iterable[Amount]:
    """What the orders that were received on the day come to, by currency."""
    sums: dict[str, Decimal] = {}
    for one in entries:
        if one.state in COUNTS["received"] and one.since.astimezone(zone).date() == day:
            sums[one.currency] = sums.get(one.currency, Decimal(0)) + one.amount
    return [Amount(currency=name, amount=sums[name]) for name in sorted(sums)]


async def _named(app: App, tenant: int, cause: Cause) -> Trouble:
    try:
        definition = await app.library.definition(tenant, cause.definition)
        step = label(definition, cause.element)
    except (LookupError, NotFound):
        step = cause.element
    return Trouble(step=step, **msgspec.structs.asdict(cause))
