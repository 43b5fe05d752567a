"""Books: what a store sold on a day, for whoever compares it with what others have."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from mtd.core.tax.profiles import PROFILES
from mtd.core.tax.request import FiscalKind
from mtd.runtime.operations.operations import Conflict, Operations
from mtd.runtime.settings.settings import Settings
from mtd.store.orders import reconciling

POSTED, MAILED = "pos.post_sale", "mail.tax_document"
"""The services whose having been done is told."""
SALES = frozenset(
    one.code
    for profile in PROFILES.values()
    for one in profile.documents
    if one.kind in (FiscalKind.RECEIPT, FiscalKind.INVOICE)
)
"""Codes of documents of a sale, of every country that MTD knows."""


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """A sale as it is compared."""

    order: str
    day: str
    total: Decimal
    state: str
    document: str | None
    is_posted: bool
    is_mailed: bool


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """A tax document of a sale as it is compared."""

    order: str
    day: str
    document: str
    total: Decimal


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """The sales of a store on a local day, and of the day before."""

    day: str
    sales: list[Sold]


async def day_of(operations: Operations, store: str, at: datetime) -> Day:
    """The local day in which `at` falls. Raises Conflict when there are too many sales."""
    zone = ZoneInfo(operations.app.settings.time_zone)
    day = at.astimezone(zone).date()
    begins, ends = (
        _midnight(day - timedelta(days=1), zone),
        _midnight(day + timedelta(days=1), zone),
    )
    async with operations.app.store.window(operations.tenant) as connection:
        found = await reconciling.sales(
            connection,
            operations.tenant,
            store=store,
            begins=begins,
            ends=ends,
            services=[POSTED, MAILED],
        )
    if len(found) > reconciling.SALES_MAX:
        raise Conflict(f"more than {reconciling.SALES_MAX} sales of {store} in two days")
    return Day(day=day.isoformat(), sales=[_sold(sale, zone) for sale in found])


async def issued_on(operations: Operations, store: str, at: datetime) -> list[Issued]:
    """What MTD itself issued for the store's sales on the local day of `at`, and on the next.

    Raises Conflict when there is too much.
    """
    zone = ZoneInfo(operations.app.settings.time_zone)
    day = at.astimezone(zone).date()
    async with operations.app.store.window(operations.tenant) as connection:
        found = await reconciling.documents(
            connection,
            operations.tenant,
            store=store,
            begins=_midnight(day, zone),
            ends=_midnight(day + timedelta(days=2), zone),
            types=sorted(SALES),
        )
    if len(found) > reconciling.SALES_MAX:
        raise Conflict(f"more than {reconciling.SALES_MAX} documents of {store} in two days")
    return [
        Issued(
            order=one.order,
            day=one.issued_at.astimezone(zone).date().isoformat(),
            document=one.document,
            total=one.total,
        )
        for one in found
    ]


def own_books(settings: Settings, url: str, key: str) -> dict[str, str]:
    """What leads the customer's `[legacy.books]`, if it has them, to this API and lets it in."""
    if "books" not in settings.legacy:
        return {}
    return {"MTD__LEGACY__BOOKS__BASE_URL": url, "MTD_BOOKS_KEY": key}


def _sold(sale: reconciling.Sale, zone: ZoneInfo) -> Sold:
    named = (name.removeprefix("dte-") for name in sale.documents)
    documents = (name for name in named if name.partition("-")[0] in SALES)
    return Sold(
        order=sale.order,
        day=sale.placed_at.astimezone(zone).date().isoformat(),
        total=sale.total,
        state=sale.state,
        document=next(documents, None),
        is_posted=POSTED in sale.done,
        is_mailed=MAILED in sale.done,
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
