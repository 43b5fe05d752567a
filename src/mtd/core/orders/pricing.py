"""Prices and discounts that are out of their bands: what early warnings are given of."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

import msgspec

from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.orders.validation import goods


class Bounds(msgspec.Struct, frozen=True):
    """What one unit of an article may cost, tax included; None: whatever it is."""

    low: Decimal | None = None
    high: Decimal | None = None


class Outlier(msgspec.Struct, frozen=True, kw_only=True):
    """A line whose price, or discount, is out of its bounds."""

    line_no: int
    sku: str
    observed: Decimal
    """The price of a unit; of a discount, its share of the line."""
    low: Decimal | None = None
    high: Decimal | None = None
    is_discount: bool = False


def outliers(
    order: PurchaseOrder, bands: Mapping[str, Bounds], discount_share_max: Decimal | None
) -> Iterator[Outlier]:
    """The lines out of bounds; a band is of a `store/SKU`, else of a SKU in every store."""
    for line in order.lines:
        band = bands.get(f"{order.store}/{line.sku}") or bands.get(line.sku)
        if band is not None and not _within(line.unit_price, band):
            yield Outlier(
                line_no=line.line_no,
                sku=line.sku,
                observed=line.unit_price,
                low=band.low,
                high=band.high,
            )
        cost = goods(line, order.currency)
        if discount_share_max is not None and cost and line.discount > cost * discount_share_max:
            yield Outlier(
                line_no=line.line_no,
                sku=line.sku,
                observed=(line.discount / cost).quantize(Decimal("0.001")),
                high=discount_share_max,
                is_discount=True,
            )


def _within(price: Decimal, band: Bounds) -> bool:
    return (band.low is None or price >= band.low) and (band.high is None or price <= band.high)
