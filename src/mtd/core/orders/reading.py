"""The last step of reading an order: a plain tree of fields becomes a `PurchaseOrder`."""

import re
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Any

import msgspec
from msgspec.structs import replace

from mtd.core.money import AMOUNT_MAX, Currency, exact
from mtd.core.orders.flaw import Flaw
from mtd.core.orders.purchase_order import (
    DeliverySlot,
    Line,
    Payment,
    PurchaseOrder,
    Shipment,
    Totals,
)

MESSAGE_MAX = 300
QUANTITY_MAX = Decimal(1_000_000)
QUANTITY_UNIT = Decimal("0.001")
YEAR_MIN = 2000
YEAR_MAX = 2199


def order_of(tree: Any, *, strict: bool) -> PurchaseOrder | tuple[Flaw, ...]:
    """The order that `tree` (dicts, lists, scalars) describes, or every flaw that was seen.

    Not strict means that scalars may still be text, as they are in XML. What is checked is the
    shape: fields, lengths, characters, and amounts that exist in the order's currency. Whether
    the order makes sense is for `validation`. Moments are brought to UTC and amounts to the
    currency's decimals, so that equal orders have equal bytes.
    """
    try:
        order = msgspec.convert(tree, PurchaseOrder, strict=strict)
    except msgspec.ValidationError as error:
        return (_flaw(str(error)),)
    settling = _Settling(order.currency)
    settled = settling.order(order)
    return tuple(settling.flaws) or settled


class _Settling:
    """Brings an order's amounts and moments to their one form, noting those that have none."""

    def __init__(self, currency: Currency) -> None:
        self.currency = currency
        self.flaws: list[Flaw] = []

    def order(self, order: PurchaseOrder) -> PurchaseOrder:
        return replace(
            order,
            placed_at=self.moment("placed_at", order.placed_at),
            promised_at=self.moment("promised_at", order.promised_at),
            lines=tuple([self.line(i, line) for i, line in enumerate(order.lines)]),
            totals=self.totals(order.totals),
            payments=tuple([self.payment(i, paid) for i, paid in enumerate(order.payments)]),
            shipment=self.shipment(order.shipment),
        )

    def line(self, i: int, line: Line) -> Line:
        return replace(
            line,
            quantity=self.quantity(f"lines[{i}]", line.quantity),
            unit_price=self.amount(f"lines[{i}]", "unit_price", line.unit_price),
            discount=self.amount(f"lines[{i}]", "discount", line.discount),
        )

    def totals(self, totals: Totals) -> Totals:
        return Totals(
            net=self.amount("totals", "net", totals.net),
            exempt=self.amount("totals", "exempt", totals.exempt),
            tax=self.amount("totals", "tax", totals.tax),
            discounts=self.amount("totals", "discounts", totals.discounts),
            shipping=self.amount("totals", "shipping", totals.shipping),
            grand_total=self.amount("totals", "grand_total", totals.grand_total),
        )

    def payment(self, i: int, paid: Payment) -> Payment:
        return replace(paid, amount=self.amount(f"payments[{i}]", "amount", paid.amount))

    def shipment(self, shipment: Shipment) -> Shipment:
        slot = shipment.slot
        if slot is None:
            return shipment
        starts_at = self.moment("shipment.slot.starts_at", slot.starts_at)
        ends_at = self.moment("shipment.slot.ends_at", slot.ends_at)
        return replace(shipment, slot=DeliverySlot(starts_at=starts_at, ends_at=ends_at))

    def amount(self, part: str, name: str, amount: Decimal) -> Decimal:
        payable = exact(amount, self.currency)
        if payable is None:
            decimals = self.currency.decimals or "no"
            self.note(
                f"{part}.{name}",
                f"must be below {AMOUNT_MAX:,} with {decimals} decimals ({self.currency})",
            )
            return amount
        if payable < 0:
            self.note(f"{part}.{name}", "must not be negative")
        return payable

    def quantity(self, part: str, quantity: Decimal) -> Decimal:
        field = f"{part}.quantity"
        if not (quantity.is_finite() and 0 < quantity <= QUANTITY_MAX):
            self.note(field, f"must be more than 0 and at most {QUANTITY_MAX:,}")
            return quantity
        settled = quantity.quantize(QUANTITY_UNIT, context=_WIDE)
        if settled != quantity:
            self.note(field, "must have at most 3 decimals")
        whole = settled.to_integral_value()
        return whole if whole == settled else settled.normalize()

    def moment(self, field: str, moment: datetime) -> datetime:
        if not YEAR_MIN <= moment.year <= YEAR_MAX:
            self.note(field, f"must lie in the years {YEAR_MIN} to {YEAR_MAX}")
            return moment
        return moment.astimezone(UTC)

    def note(self, field: str, message: str) -> None:
        self.flaws.append(Flaw(field, message))


_WIDE = Context(prec=60)
_AT = re.compile(r"(?s)(.*) - at `(?:key` in `)?\$?(.*)`")
_FIELD = re.compile(r"Object (missing required|contains unknown) field `(.*)`", re.DOTALL)


def _flaw(words: str) -> Flaw:
    """A flaw from msgspec's words, such as "Expected `str`, got `int` - at `$.lines[0].sku`"."""
    located = _AT.fullmatch(words)
    message, path = (located[1], located[2].lstrip(".")) if located else (words, "")
    absent = _FIELD.fullmatch(message)
    if absent:
        field = f"{path}.{absent[2]}" if path else absent[2]
        message = "is missing" if absent[1].startswith("missing") else "is not a field of an order"
        return Flaw(field[:MESSAGE_MAX], message)
    if "matching regex" in message:
        message = "contains characters that are not allowed here"
    return Flaw(path, message.replace("`", "")[:MESSAGE_MAX])
