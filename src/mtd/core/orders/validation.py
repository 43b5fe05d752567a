"""Whether an order makes sense: all that is wrong with it, found at once (step R02)."""

import re
from collections.abc import Iterator
from decimal import Decimal

from mtd.core.money import Currency, rounded, total
from mtd.core.orders.flaw import Flaw
from mtd.core.orders.purchase_order import (
    BuyerDocument,
    DocumentKind,
    Line,
    PaymentMethod,
    PurchaseOrder,
    ShipmentMethod,
)
from mtd.core.tax_id import BY_COUNTRY, known_tax_id

EMAIL_MAX = 254
"""RFC 5321 §4.5.3.1.3, less the angle brackets."""
PHONE_DIGITS_MIN = 7
PHONE_DIGITS_MAX = 15
"""ITU-T E.164 §6."""


def flaws_of(order: PurchaseOrder) -> tuple[Flaw, ...]:
    """Everything that contradicts itself in a well-formed order; none means it is valid.

    goods − discounts + shipping = grand total = net + exempt + tax = Σ payments (reference
    processes §5.5), where goods are Σ quantity × unit price, each line rounded to the currency.
    """
    return (
        *_line_flaws(order),
        *_total_flaws(order),
        *_payment_flaws(order),
        *_customer_flaws(order),
        *_document_flaws(order),
        *_shipment_flaws(order),
        *_date_flaws(order),
    )


def goods(line: Line, currency: Currency) -> Decimal:
    """What a line costs before its discount, tax included."""
    return rounded(line.quantity * line.unit_price, currency)


def _line_flaws(order: PurchaseOrder) -> Iterator[Flaw]:
    seen: set[int] = set()
    for i, line in enumerate(order.lines):
        if line.line_no in seen:
            yield Flaw(f"lines[{i}].line_no", f"{line.line_no} is given twice")
        seen.add(line.line_no)
        cost = goods(line, order.currency)
        if line.discount > cost:
            yield Flaw(f"lines[{i}].discount", f"{line.discount} is more than the line's {cost}")


def _total_flaws(order: PurchaseOrder) -> Iterator[Flaw]:
    totals = order.totals
    of_goods = total(goods(line, order.currency) for line in order.lines)
    due = of_goods - totals.discounts + totals.shipping
    if totals.grand_total != due:
        sums = f"{of_goods} − {totals.discounts} + {totals.shipping} = {due}"
        yield Flaw("totals.grand_total", f"is {totals.grand_total}, but the goods make {sums}")
    taxed = totals.net + totals.exempt + totals.tax
    if totals.grand_total != taxed:
        sums = f"{totals.net} + {totals.exempt} + {totals.tax} = {taxed}"
        yield Flaw("totals.net", f"net + exempt + tax is {sums}, not {totals.grand_total}")
    of_lines = total(line.discount for line in order.lines)
    if totals.discounts < of_lines:
        yield Flaw("totals.discounts", f"is {totals.discounts}, less than the lines' {of_lines}")
    if totals.exempt and not any(line.tax_exempt for line in order.lines):
        yield Flaw("totals.exempt", f"is {totals.exempt}, but no line is tax-exempt")


def _payment_flaws(order: PurchaseOrder) -> Iterator[Flaw]:
    paid = total(payment.amount for payment in order.payments)
    if paid != order.totals.grand_total:
        yield Flaw("payments", f"make {paid}, not {order.totals.grand_total}")
    for i, payment in enumerate(order.payments):
        if payment.method is PaymentMethod.GIFT_CARD and payment.instrument is None:
            yield Flaw(f"payments[{i}].instrument", "is missing: the number of the gift card")
        if payment.amount == 0 and order.totals.grand_total:
            yield Flaw(f"payments[{i}].amount", "must be more than 0")


def _customer_flaws(order: PurchaseOrder) -> Iterator[Flaw]:
    customer = order.customer
    yield from _tax_id_flaws("customer.tax_id", customer.tax_id, order.country)
    if customer.email is None and customer.phone is None:
        yield Flaw(
            "customer.email", "is missing: neither e-mail nor telephone reaches the customer"
        )
    if customer.email is not None and not is_email(customer.email):
        yield Flaw("customer.email", "is no e-mail address")
    if customer.phone is not None and not _is_phone(customer.phone):
        digits = f"{PHONE_DIGITS_MIN} to {PHONE_DIGITS_MAX} digits"
        yield Flaw("customer.phone", f"is no telephone number of {digits}")


def _document_flaws(order: PurchaseOrder) -> Iterator[Flaw]:
    document = order.buyer_document
    yield from _tax_id_flaws("buyer_document.tax_id", document.tax_id, order.country)
    if document.kind is not DocumentKind.INVOICE:
        return
    for name in BuyerDocument.__struct_fields__:
        if getattr(document, name) is None:
            yield Flaw(f"buyer_document.{name}", "is missing: an INVOICE must name its buyer")


def _shipment_flaws(order: PurchaseOrder) -> Iterator[Flaw]:
    shipment = order.shipment
    goods_move = not all(line.digital for line in order.lines)
    if shipment.method is ShipmentMethod.HOME_DELIVERY and goods_move and not shipment.address:
        yield Flaw("shipment.address", "is missing: home delivery needs an address")
    if shipment.method is ShipmentMethod.PICKUP and goods_move and not shipment.pickup_branch:
        yield Flaw("shipment.pickup_branch", "is missing: a pickup needs its branch")
    if shipment.slot and shipment.slot.ends_at <= shipment.slot.starts_at:
        yield Flaw("shipment.slot.ends_at", "is not after starts_at")


def _date_flaws(order: PurchaseOrder) -> Iterator[Flaw]:
    if order.promised_at < order.placed_at:
        yield Flaw("promised_at", "is before placed_at")
    slot = order.shipment.slot
    if slot and slot.ends_at < order.placed_at:
        yield Flaw("shipment.slot.ends_at", "is before placed_at")


def _tax_id_flaws(field: str, tax_id: str | None, country: str) -> Iterator[Flaw]:
    if tax_id is None or known_tax_id(country, tax_id) is not None:
        return
    schemes = " or ".join(kind.scheme for kind in BY_COUNTRY[country])
    yield Flaw(field, f"is no valid {schemes} (its figures, and the check digit where it has one)")


_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{1,62}"
)
_PHONE = re.compile(r"\+?[0-9](?:[ ().-]{0,3}[0-9])*")


def is_email(text: str) -> bool:
    """An address that can be mailed to: RFC 5321 dot-atom at a domain name, in ASCII."""
    return len(text) <= EMAIL_MAX and _EMAIL.fullmatch(text) is not None


def _is_phone(text: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    return PHONE_DIGITS_MIN <= digits <= PHONE_DIGITS_MAX and _PHONE.fullmatch(text) is not None
