"""Requests: what an order asks to be documented, in no country's and no provider's words.

Who issues fits a request to its country; here is only what the order itself says of goods, money
and people.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from mtd.core.money import total
from mtd.core.orders.purchase_order import Address, DocumentKind, PaymentMethod, PurchaseOrder
from mtd.core.orders.validation import goods
from mtd.core.tax.request import (
    Allowance,
    Buyer,
    Correction,
    FiscalKind,
    FiscalRequest,
    ItemCode,
    Payment,
    PaymentMeans,
    Place,
    Reference,
    RequestLine,
    TaxCategory,
)

SHIPPING = "Despacho"
PART, MORE = "Devolución parcial", "Diferencia de precio"
UNDONE = "Anulación de nota de crédito"
"""What a note over an amount alone calls it."""
DISCOUNT = "Descuento"
BY_VOUCHER = "Pagado con tarjeta, documentado por su comprobante"
SKU = "SKU"
"""The scheme of an article's code by the seller's own numbering."""

ANNUL, AMOUNTS = "1", "3"
"""The input `reason` of a note: it takes the whole document back, or `amount` of it."""
ANNULS, CORRECTS = "Anula documento", "Corrige montos"

KINDS = {
    "RECEIPT": FiscalKind.RECEIPT,
    "INVOICE": FiscalKind.INVOICE,
    "DISPATCH_GUIDE": FiscalKind.DISPATCH,
    "CREDIT_NOTE": FiscalKind.CREDIT_NOTE,
    "DEBIT_NOTE": FiscalKind.DEBIT_NOTE,
}
"""Document kinds of a drawing (reference processes §5.2)."""
_MEANS = {
    PaymentMethod.CARD: PaymentMeans.CARD,
    PaymentMethod.GIFT_CARD: PaymentMeans.GIFT_CARD,
    PaymentMethod.TRANSFER: PaymentMeans.TRANSFER,
    PaymentMethod.CASH: PaymentMeans.CASH,
}


class Sale(Struct, frozen=True, kw_only=True):
    """An order, as one issuer documents it at one moment."""

    order: PurchaseOrder
    issuer: str
    """Key of its settings."""
    at: datetime


def kind_of(order: PurchaseOrder, wanted: str | None) -> FiscalKind:
    """The kind that is wanted, else the one that the buyer asked for; KeyError for none of ours."""
    return KINDS[wanted or order.buyer_document.kind.value]


def request_of(sale: Sale, kind: FiscalKind, by_voucher: Decimal = Decimal(0)) -> FiscalRequest:
    """The document of the sale itself: goods, shipping, what was taken off, what was paid.

    What is `by_voucher` documented already, by that of a card, is taken off.
    """
    order = sale.order
    allowances = tuple(_allowances(order))
    if by_voucher:
        allowances += (Allowance(amount=by_voucher, reason=BY_VOUCHER),)
    return FiscalRequest(
        country=order.country,
        issuer=sale.issuer,
        order=order.key,
        kind=kind,
        occurred_at=sale.at,
        currency=order.currency,
        lines=tuple(_lines(order)),
        buyer=_buyer(order, kind),
        allowances=allowances,
        payments=payments(order),
        mail=order.customer.email or "",
    )


def note_of(sale: Sale, corrected: Reference, amount: Decimal | None) -> FiscalRequest:
    """The credit note for a document of the sale: of all of it, or of `amount` with its tax."""
    whole = replace(request_of(sale, FiscalKind.CREDIT_NOTE), payments=(), references=(corrected,))
    return whole if amount is None else _over(whole, sale, PART, amount)


def addition_of(sale: Sale, corrected: Reference, amount: Decimal) -> FiscalRequest:
    """The debit note over the `amount`, with its tax, that the sale comes to more."""
    whole = replace(request_of(sale, FiscalKind.DEBIT_NOTE), payments=(), references=(corrected,))
    return _over(whole, sale, MORE, amount)


def annulment_of(sale: Sale, corrected: Reference, amount: Decimal | None) -> FiscalRequest:
    """The debit note that annuls a credit note: of all of the sale, or of `amount` of it."""
    whole = replace(request_of(sale, FiscalKind.DEBIT_NOTE), payments=(), references=(corrected,))
    return whole if amount is None else _over(whole, sale, UNDONE, amount)


def _over(whole: FiscalRequest, sale: Sale, words: str, amount: Decimal) -> FiscalRequest:
    """The note over an amount alone, in one line."""
    totals = sale.order.totals
    exempt = not totals.net and not totals.tax
    part = RequestLine(
        description=words,
        unit_price=amount,
        price_includes_tax=not exempt,
        category=TaxCategory.EXEMPT if exempt else TaxCategory.STANDARD,
    )
    return replace(whole, lines=(part,), allowances=())


def correction(reason: str) -> tuple[Correction, str]:
    """What a note does, and its words, by the step's `reason`."""
    if reason == ANNUL:
        return Correction.ANNULS, ANNULS
    return Correction.CORRECTS_AMOUNTS, CORRECTS


def payments(order: PurchaseOrder) -> tuple[Payment, ...]:
    """What was paid, and with what."""
    return tuple(Payment(means=_MEANS[one.method], amount=one.amount) for one in order.payments)


def place_of(address: Address) -> Place:
    """An address as a tax document writes it."""
    street = " ".join(filter(None, (address.street, address.number)))
    return Place(
        street=", ".join(filter(None, (street, address.unit))),
        district=address.commune,
        city=address.city,
    )


def _lines(order: PurchaseOrder) -> Iterator[RequestLine]:
    for line in order.lines:
        yield RequestLine(
            description=line.description,
            quantity=line.quantity,
            unit_price=line.unit_price,
            price_includes_tax=not line.tax_exempt,
            category=TaxCategory.EXEMPT if line.tax_exempt else TaxCategory.STANDARD,
            allowances=(Allowance(amount=line.discount),) if line.discount else (),
            codes=(ItemCode(SKU, line.sku),),
        )
    if order.totals.shipping:
        yield RequestLine(
            description=SHIPPING, unit_price=order.totals.shipping, price_includes_tax=True
        )


def _allowances(order: PurchaseOrder) -> Iterator[Allowance]:
    """Discounts of the whole order, by what they lower: the totals say how much is exempt."""
    whole = order.totals.discounts - total(line.discount for line in order.lines)
    exempt = total(
        goods(line, order.currency) - line.discount for line in order.lines if line.tax_exempt
    )
    of_exempt = min(whole, max(Decimal(0), exempt - order.totals.exempt))
    for category, amount in (
        (TaxCategory.STANDARD, whole - of_exempt),
        (TaxCategory.EXEMPT, of_exempt),
    ):
        if amount:
            yield Allowance(amount=amount, category=category, reason=DISCOUNT)


def _buyer(order: PurchaseOrder, kind: FiscalKind) -> Buyer | None:
    """Who is named: of a receipt, whoever gave a tax id; of all others, the buyer.

    The tax id is what the order says, and empty where it says none.
    """
    document = order.buyer_document
    tax_id = document.tax_id or order.customer.tax_id
    if tax_id is None and kind is FiscalKind.RECEIPT:
        return None
    company = kind is not FiscalKind.RECEIPT or document.kind is DocumentKind.INVOICE
    address = document.address or order.customer.address or order.shipment.address
    return Buyer(
        tax_id=tax_id or "",
        name=(document.legal_name if company else None) or order.customer.name,
        business_line=document.business_line or "",
        place=Place() if address is None else place_of(address),
        email=order.customer.email or "",
    )
