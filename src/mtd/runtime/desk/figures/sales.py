"""Sales: what was ordered, documented and cancelled, by store, channel or document type."""

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from mtd.core.orders.states import OrderState
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.figures.periods import Period
from mtd.runtime.desk.people.person import Person
from mtd.store.counts import figures
from mtd.store.counts.figures import Sold

GROUPS = ("store", "channel", "document")
STATES = {
    "received": OrderState.RECEIVED.value,
    "invoiced": OrderState.INVOICED.value,
    "cancelled": OrderState.CANCELLED.value,
}


class Sales(msgspec.Struct, frozen=True, kw_only=True):
    """What was sold in one group and currency."""

    group: str
    currency: str
    received: int
    received_amount: Decimal
    invoiced: int
    invoiced_amount: Decimal
    cancelled: int
    cancelled_amount: Decimal


async def sales(desk: Desk, person: Person, period: Period, by: str) -> list[Sales]:
    """The sales of a period, the largest group first."""
    person.must("statistics.see")
    async with desk.app.store.window(desk.tenant) as connection:
        found = await figures.sales(
            connection, desk.tenant, period.scope(person.stores), list(STATES.values())
        )
    return grouped(found, by)


def grouped(entries: Iterable[Sold], by: str) -> list[Sales]:
    """Entries into states as the sales of each group and currency."""
    parts: dict[tuple[str, str], list[Sold]] = {}
    for one in entries:
        parts.setdefault((getattr(one, by), one.currency), []).append(one)
    rows = [_sum(group, currency, some) for (group, currency), some in parts.items()]
    return sorted(rows, key=lambda row: (-row.received_amount, row.group))


def _sum(group: str, currency: str, entries: list[Sold]) -> Sales:
    def sums(state: str) -> tuple[int, Decimal]:
        some = [one for one in entries if one.state == state]
        return sum(one.n for one in some), sum((one.amount for one in some), Decimal(0))

    received, received_amount = sums(STATES["received"])
    invoiced, invoiced_amount = sums(STATES["invoiced"])
    cancelled, cancelled_amount = sums(STATES["cancelled"])
    return Sales(
        group=group,
        currency=currency,
        received=received,
        received_amount=received_amount,
        invoiced=invoiced,
        invoiced_amount=invoiced_amount,
        cancelled=cancelled,
        cancelled_amount=cancelled_amount,
    )
