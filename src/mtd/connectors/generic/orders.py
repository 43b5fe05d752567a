"""An order as a request for one document, in no country's words."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

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
PART = "Devolución parcial"
DISCOUNT = "Descuento"
ANNUL = "1"
"""The input `reason` of a note that takes the whole document back; any other takes `amount`."""
ANNULS, CORRECTS = "Anula documento", "Corrige montos"

KINDS = {
    "RECEIPT": FiscalKind.RECEIPT,
    "INVOICE": FiscalKind.INVOICE,
    "DISPATCH_GUIDE": FiscalKind.DISPATCH,
    "CREDIT_NOTE": FiscalKind.CREDIT_NOTE,
}
"""Document kinds of a drawing (reference processes §5.2)."""
_MEANS = {
    PaymentMethod.CARD: PaymentMeans.CARD,
    PaymentMethod.GIFT_CARD: PaymentMeans.GIFT_CARD,
    PaymentMethod.TRANSFER: PaymentMeans.TRANSFER,
    PaymentMethod.CASH: PaymentMeans.CASH,
}


def sale_kind(order: PurchaseOrder, wanted: str | None) -> FiscalKind:
    """The kind that is wanted, else the one that the buyer asked for; KeyError for none of ours."""
    return KINDS[wanted or order.buyer_document.kind.value]


def request_of(order: PurchaseOrder, kind: FiscalKind, at: datetime) -> FiscalRequest:
    """The document of the sale itself: goods, shipping, what was taken off, what was paid."""
    return FiscalRequest(
        country=order.country,
        issuer=order.store,
        order=order.key,
        kind=kind,
        occurred_at=at,
        currency=order.currency,
        lines=tuple(_lines(order)),
        buyer=_buyer(order, kind),
        allowances=tuple(_allowances(order)),
        payments=tuple(
            Payment(means=_MEANS[one.method], amount=one.amount) for one in order.payments
        ),
        mail=order.customer.email or "",
    )


def note_of(
    order: PurchaseOrder, at: datetime, corrected: Reference, amount: Decimal | None
) -> FiscalRequest:
    """The credit note: of the whole sale, or of `amount` with its tax."""
    whole = request_of(order, FiscalKind.CREDIT_NOTE, at)
    lines, allowances = whole.lines, whole.allowances
    if amount is not None:
        exempt = not order.totals.net and not order.totals.tax
        category = TaxCategory.EXEMPT if exempt else TaxCategory.STANDARD
        part = RequestLine(
            description=PART, unit_price=amount, price_includes_tax=not exempt, category=category
        )
        lines, allowances = (part,), ()
    return FiscalRequest(
        country=whole.country,
        issuer=whole.issuer,
        order=whole.order,
        kind=whole.kind,
        occurred_at=at,
        currency=whole.currency,
        lines=lines,
        buyer=whole.buyer,
        allowances=allowances,
        references=(corrected,),
        mail=whole.mail,
    )


def correction(reason: str) -> tuple[Correction, str]:
    """What a note does, and its words, by the step's `reason`."""
    if reason == ANNUL:
        return Correction.ANNULS, ANNULS
    return Correction.CORRECTS_AMOUNTS, CORRECTS


def _lines(order: PurchaseOrder) -> Iterator[RequestLine]:
    for line in order.lines:
        yield RequestLine(
            description=line.description,
            quantity=line.quantity,
            unit_price=line.unit_price,
            price_includes_tax=not line.tax_exempt,
            category=TaxCategory.EXEMPT if line.tax_exempt else TaxCategory.STANDARD,
            allowances=(Allowance(amount=line.discount),) if line.discount else (),
            codes=(ItemCode("SKU", line.sku),),
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
    """Who is named: of a receipt, whoever gave a tax id; of all others, the buyer."""
    document = order.buyer_document
    tax_id = document.tax_id or order.customer.tax_id
    if tax_id is None and kind is FiscalKind.RECEIPT:
        return None
    invoiced = document.kind is DocumentKind.INVOICE
    address = document.address or order.customer.address or order.shipment.address
    return Buyer(
        tax_id=tax_id or "",
        name=(document.legal_name if invoiced else None) or order.customer.name,
        business_line=document.business_line or "",
        place=Place() if address is None else _place(address),
        email=order.customer.email or "",
    )


def _place(address: Address) -> Place:
    street = " ".join(filter(None, (address.street, address.number)))
    return Place(
        street=", ".join(filter(None, (street, address.unit))),
        district=address.commune,
        city=address.city,
    )
