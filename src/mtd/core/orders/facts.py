"""What an instance may know of its order: facts to decide upon, and keys to be found by."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct

from mtd.core.money import Currency, total
from mtd.core.orders.purchase_order import Line, PaymentMethod, PurchaseOrder
from mtd.core.orders.validation import goods
from mtd.core.rut import plain_rut

SHARE_UNIT = Decimal("0.0001")


def facts(order: PurchaseOrder) -> dict[str, Any]:
    """What the drawing and its rules may decide upon; no personal data.

    JSON values: amounts are Decimal in the order's currency, shares are Decimal from 0 to 1 with
    four decimals, moments are RFC 3339 text in UTC, absent values are None.
    """
    currency, totals, shipment = order.currency, order.totals, order.shipment
    of_goods = total(goods(line, currency) for line in order.lines)
    of_card = _paid_by(order, PaymentMethod.CARD)
    of_gift_card = _paid_by(order, PaymentMethod.GIFT_CARD)
    return {
        "order_key": order.key,
        "country": order.country,
        "currency": currency.value,
        "store": order.store,
        "branch": order.branch,
        "channel": order.channel.value,
        "placed_at": _text(order.placed_at),
        "promised_at": _text(order.promised_at),
        "amount": totals.grand_total,
        "shipping": totals.shipping,
        "discount_share": _share(totals.discounts, of_goods),
        "line_discount_share_max": max(_line_share(line, currency) for line in order.lines),
        "line_count": len(order.lines),
        "unit_count": total(line.quantity for line in order.lines),
        "exempt_only": all(line.tax_exempt for line in order.lines),
        "has_digital_goods": any(line.digital for line in order.lines),
        "has_physical_goods": not all(line.digital for line in order.lines),
        "buyer_document": order.buyer_document.kind.value,
        "payment_methods": sorted({payment.method.value for payment in order.payments}),
        "has_card": of_card is not None,
        "card_amount": of_card or Decimal(0),
        "has_gift_card": of_gift_card is not None,
        "gift_card_amount": of_gift_card or Decimal(0),
        "other_amount": totals.grand_total - (of_card or 0) - (of_gift_card or 0),
        "shipment_method": shipment.method.value,
        "slot_starts_at": _text(shipment.slot.starts_at) if shipment.slot else None,
        "slot_ends_at": _text(shipment.slot.ends_at) if shipment.slot else None,
        "carrier": shipment.carrier,
    }


class KeyKind(StrEnum):
    """What an order may be searched by (REQ-35)."""

    ORDER_KEY = "order_key"
    ORDER_ID = "order_id"
    EXTERNAL_ID = "external_id"
    TAX_ID = "tax_id"
    EMAIL = "email"
    PHONE = "phone"


class SearchKey(Struct, frozen=True):
    """A value to be found by, in its one form; a `personal` one is only ever stored hashed."""

    kind: KeyKind
    value: str
    personal: bool


def keys(order: PurchaseOrder) -> tuple[SearchKey, ...]:
    """All that the order may be found by, each once; whoever searches uses `search_key` too."""
    customer, document = order.customer, order.buyer_document
    found = [
        (KeyKind.ORDER_KEY, order.key),
        (KeyKind.ORDER_ID, order.order_id),
        (KeyKind.EXTERNAL_ID, order.external_id),
        (KeyKind.TAX_ID, customer.tax_id),
        (KeyKind.TAX_ID, document.tax_id),
        (KeyKind.EMAIL, customer.email),
        (KeyKind.PHONE, customer.phone),
    ]
    return tuple(dict.fromkeys(search_key(kind, text) for kind, text in found if text))


def search_key(kind: KeyKind, text: str) -> SearchKey:
    """`text` in the form that is compared: RUT undotted, e-mail in small letters, phone digits."""
    if kind is KeyKind.TAX_ID:
        plain = plain_rut(text) or text.replace(".", "").replace(" ", "").upper()
        return SearchKey(kind, plain, personal=True)
    if kind is KeyKind.EMAIL:
        return SearchKey(kind, text.strip().casefold(), personal=True)
    if kind is KeyKind.PHONE:
        digits = "".join(character for character in text if character in "0123456789")
        return SearchKey(kind, digits, personal=True)
    return SearchKey(kind, text.strip(), personal=False)


def _paid_by(order: PurchaseOrder, method: PaymentMethod) -> Decimal | None:
    amounts = [payment.amount for payment in order.payments if payment.method is method]
    return total(amounts) if amounts else None


def _line_share(line: Line, currency: Currency) -> Decimal:
    return _share(line.discount, goods(line, currency))


def _share(part: Decimal, whole: Decimal) -> Decimal:
    if not whole:
        return Decimal(0)
    return (part / whole).quantize(SHARE_UNIT, rounding=ROUND_HALF_UP)


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
