"""Requests: what an order asks to be documented, in no country's words."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from mtd.connectors.tax.settings import NativeOptions
from mtd.core.money import total
from mtd.core.orders.purchase_order import (
    Address,
    PaymentMethod,
    PurchaseOrder,
    ShipmentMethod,
)
from mtd.core.orders.validation import goods
from mtd.core.rut import plain_rut
from mtd.core.tax.countries.cl.issuer import ANONYMOUS_BUYER
from mtd.core.tax.document import TaxDocument
from mtd.core.tax.request import (
    Allowance,
    Buyer,
    Carriage,
    Correction,
    Dispatch,
    FiscalKind,
    FiscalRequest,
    ItemCode,
    Payment,
    PaymentMeans,
    Place,
    Reference,
    RequestLine,
    TaxCategory,
    Transfer,
)

SHIPPING = "Despacho"
PART = "Devolución parcial"
DISCOUNT = "Descuento"
BY_VOUCHER = "Pagado con tarjeta, documentado por su comprobante"
PRIVATE = "Particular"
"""Giro of a buyer who has none."""
SKU_SCHEME = "INT1"
"""Code of an article by the issuer's own numbering (Formato DTE v2.2, field b2)."""

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
    options: NativeOptions
    at: datetime


def sale(of: Sale, kind: FiscalKind, by_voucher: int = 0) -> FiscalRequest:
    """The document of the sale itself; pesos `by_voucher` are a card voucher's to document."""
    order = of.order
    allowances = tuple(_allowances(order))
    if by_voucher:
        allowances += (Allowance(amount=Decimal(by_voucher), reason=BY_VOUCHER),)
    return replace(
        _request(of, kind, tuple(_lines(order))),
        buyer=_customer(order) if kind is FiscalKind.RECEIPT else _invoiced(order),
        allowances=allowances,
        payments=payments(order),
    )


def guide(of: Sale, arrives_on: date) -> FiscalRequest:
    """The guide that goes with the goods: to the buyer, or to the branch that they wait at."""
    order, options = of.order, of.options
    fetched = order.shipment.method is ShipmentMethod.PICKUP
    if fetched:
        place = options.branches.get(order.shipment.pickup_branch or "", options.place)
        receiver = Buyer(
            tax_id=options.rut,
            name=options.name,
            business_line=options.business_line,
            place=place,
        )
    else:
        receiver = _invoiced(order)
        shipped_to = order.shipment.address
        place = receiver.place if shipped_to is None else _place(shipped_to)
    transport = replace(
        options.transport,
        carrier_tax_id=options.transport.carrier_tax_id or options.rut,
        destination=place,
        departs_at=options.transport.departs_at or of.at,
        arrives_on=options.transport.arrives_on or arrives_on,
    )
    return replace(
        _request(of, FiscalKind.DISPATCH, tuple(_lines(order))),
        buyer=receiver,
        allowances=tuple(_allowances(order)),
        dispatch=Dispatch(
            transfer=Transfer.INTERNAL if fetched else Transfer.SALE,
            carriage=Carriage.ISSUER_ELSEWHERE if fetched else Carriage.ISSUER_TO_BUYER,
            transport=transport,
        ),
    )


def note(
    of: Sale,
    original: TaxDocument,
    original_day: date,
    correction: Correction,
    reason: str,
    amount: Decimal | None,
) -> FiscalRequest:
    """The credit note for a document of the sale: of all of it, or of `amount` with its tax."""
    order = of.order
    reference = Reference(
        type_code=original.type_code,
        number=str(original.folio),
        issued_on=original_day,
        correction=correction,
        reason=reason,
    )
    request = _request(of, FiscalKind.CREDIT_NOTE, tuple(_lines(order)))
    if amount is not None:
        exempt = not order.totals.net and not order.totals.tax
        line = RequestLine(
            description=PART,
            unit_price=amount,
            price_includes_tax=not exempt,
            category=TaxCategory.EXEMPT if exempt else TaxCategory.STANDARD,
        )
        request = replace(request, lines=(line,))
    else:
        request = replace(request, allowances=tuple(_allowances(order)))
    return replace(request, buyer=_invoiced(order), references=(reference,))


def payments(order: PurchaseOrder) -> tuple[Payment, ...]:
    """What was paid, and with what."""
    return tuple(Payment(means=_MEANS[one.method], amount=one.amount) for one in order.payments)


def _request(of: Sale, kind: FiscalKind, lines: tuple[RequestLine, ...]) -> FiscalRequest:
    return FiscalRequest(
        country=of.order.country,
        issuer=of.issuer,
        order=of.order.key,
        kind=kind,
        occurred_at=of.at,
        currency=of.order.currency,
        lines=lines,
        mail=of.order.customer.email or "",
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
            codes=(ItemCode(SKU_SCHEME, line.sku),),
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


def _customer(order: PurchaseOrder) -> Buyer | None:
    """A boleta's buyer: whoever gave a RUT, else nobody in particular."""
    rut = plain_rut(order.buyer_document.tax_id or order.customer.tax_id or "")
    if rut is None:
        return None
    return Buyer(tax_id=rut, name=order.customer.name)


def _invoiced(order: PurchaseOrder) -> Buyer:
    """To whom an invoice, a note or a guide is made out."""
    document = order.buyer_document
    address = document.address or order.customer.address or order.shipment.address
    given = document.tax_id or order.customer.tax_id or ANONYMOUS_BUYER
    return Buyer(
        tax_id=plain_rut(given) or given,
        name=document.legal_name or order.customer.name,
        business_line=document.business_line or PRIVATE,
        place=Place() if address is None else _place(address),
    )


def _place(address: Address) -> Place:
    street = " ".join(filter(None, (address.street, address.number)))
    return Place(
        street=", ".join(filter(None, (street, address.unit))),
        district=address.commune,
        city=address.city,
    )
