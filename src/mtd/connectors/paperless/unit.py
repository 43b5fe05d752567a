"""An order as the pipe-separated text of one tax document, in the layout of the settings."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

import msgspec

from mtd.connectors.paperless.settings import Issuer, Options
from mtd.core.money import rounded
from mtd.core.orders.purchase_order import (
    Address,
    DocumentKind,
    Line,
    PaymentMethod,
    PurchaseOrder,
)

INVOICE, EXEMPT_INVOICE, RECEIPT, EXEMPT_RECEIPT = 33, 34, 39, 41
GUIDE, CREDIT_NOTE = 52, 61
SALES = (INVOICE, EXEMPT_INVOICE, RECEIPT, EXEMPT_RECEIPT)
"""Kinds of documents of a sale."""
ANONYMOUS = "66666666-6"
"""The buyer of a receipt who is not named (SII, Formato Boletas Electrónicas, RUTRecep)."""
NAME_MAX, BUSINESS_LINE_MAX, ADDRESS_MAX, COMMUNE_MAX = 100, 40, 70, 20
"""Lengths of RznSocRecep, GiroRecep, DirRecep, CmnaRecep (SII, Formato DTE v2.2)."""
DESCRIPTION_MAX = 80
SHIPPING_SKU = "DESPACHO"
PART_SKU = "DEVOLUCION PARCIAL"
REST_SKU = "SALDO NO PAGADO CON TARJETA"
"""The line of a receipt of what no card's voucher documents."""


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """The document that this one corrects or goes with."""

    kind: int
    folio: int
    code: str
    """SII CodRef: 1 annuls, 2 corrects text, 3 corrects amounts; empty: goes with."""
    reason: str


def sale_kind(order: PurchaseOrder, document_kind: str | None) -> int:
    """33/34 of an invoice, 39/41 of a receipt; the exempt kind when nothing bears tax."""
    wanted = document_kind or order.buyer_document.kind.value
    exempt = not order.totals.net and not order.totals.tax
    if wanted == DocumentKind.INVOICE.value:
        return EXEMPT_INVOICE if exempt else INVOICE
    return EXEMPT_RECEIPT if exempt else RECEIPT


def unit(
    order: PurchaseOrder,
    issuer: Issuer,
    options: Options,
    *,
    kind: int,
    folio: int | None,
    issued_on: str,
    reference: Reference | None = None,
    amount: Decimal | None = None,
) -> str:
    """The text of the document; the same order and arguments give the same text.

    With `amount`, tax included, the document is of that part of the order alone; without a
    `reference` that is what no card's voucher documents.
    """
    head = _head(order, issuer, kind=kind, folio=folio, issued_on=issued_on)
    lines = list(_lines(order))
    rest = amount is not None and reference is None
    if amount is not None:
        called = REST_SKU if rest else PART_SKU
        head, lines = {**head, **_part_totals(order, amount)}, [_part_line(amount, called)]
    rows: list[tuple[str, Mapping[str, str]]] = [("FH", head)]
    rows += [("DH", row) for row in lines]
    if kind != GUIDE:
        rows += [
            ("FHTP", {"method": payment.method.value, "amount": str(payment.amount)})
            for payment in order.payments
            if not (rest and payment.method is PaymentMethod.CARD)
        ]
    if reference is not None:
        rows.append(("RE", _reference(reference)))
    rows.append(("PE", {"name": options.order_field, "value": order.key}))
    return "\n".join(_row(mark, values, options) for mark, values in rows)


def _head(
    order: PurchaseOrder, issuer: Issuer, *, kind: int, folio: int | None, issued_on: str
) -> dict[str, str]:
    document, totals = order.buyer_document, order.totals
    is_receipt = kind in (RECEIPT, EXEMPT_RECEIPT)
    address = document.address or order.customer.address or order.shipment.address
    return {
        "kind": str(kind),
        "folio": "" if folio is None else str(folio),
        "issued_on": issued_on,
        "issuer_rut": issuer.tax_id,
        "buyer_rut": _rut(document.tax_id or order.customer.tax_id or ANONYMOUS),
        "buyer_name": (document.legal_name or order.customer.name)[:NAME_MAX],
        "business_line": "" if is_receipt else (document.business_line or "")[:BUSINESS_LINE_MAX],
        "address": "" if address is None else _street(address)[:ADDRESS_MAX],
        "commune": "" if address is None else address.commune[:COMMUNE_MAX],
        "city": "" if address is None else address.city[:COMMUNE_MAX],
        "net": str(totals.net),
        "exempt": str(totals.exempt),
        "tax": str(totals.tax),
        "total": str(totals.grand_total),
    }


def _part_totals(order: PurchaseOrder, amount: Decimal) -> dict[str, str]:
    """Net, exempt and tax of a part, in the shares that they have of the whole."""
    totals = order.totals
    net = rounded(amount * totals.net / totals.grand_total, order.currency)
    exempt = rounded(amount * totals.exempt / totals.grand_total, order.currency)
    parts = {"net": net, "exempt": exempt, "tax": amount - net - exempt, "total": amount}
    return {name: str(part) for name, part in parts.items()}


def _part_line(amount: Decimal, called: str) -> dict[str, str]:
    return {
        "line_no": "1",
        "sku": called,
        "description": called,
        "quantity": "1",
        "unit_price": str(amount),
        "discount": "0",
        "is_exempt": "0",
        "amount": str(amount),
    }


def _lines(order: PurchaseOrder) -> Iterator[dict[str, str]]:
    for line in order.lines:
        yield _line(line, rounded(line.quantity * line.unit_price, order.currency))
    if order.totals.shipping:
        shipping = str(order.totals.shipping)
        yield {
            "line_no": str(len(order.lines) + 1),
            "sku": SHIPPING_SKU,
            "description": SHIPPING_SKU,
            "quantity": "1",
            "unit_price": shipping,
            "discount": "0",
            "is_exempt": "0",
            "amount": shipping,
        }


def _line(line: Line, cost: Decimal) -> dict[str, str]:
    return {
        "line_no": str(line.line_no),
        "sku": line.sku,
        "description": line.description[:DESCRIPTION_MAX],
        "quantity": str(line.quantity),
        "unit_price": str(line.unit_price),
        "discount": str(line.discount),
        "is_exempt": "1" if line.tax_exempt else "0",
        "amount": str(cost - line.discount),
    }


def _reference(reference: Reference) -> dict[str, str]:
    return {
        "line_no": "1",
        "kind": str(reference.kind),
        "folio": str(reference.folio),
        "issued_on": "",
        "code": reference.code,
        "reason": reference.reason,
    }


def _row(mark: str, values: Mapping[str, str], options: Options) -> str:
    """A line of the text; what would break it becomes a blank."""
    fields = (values.get(name, "") for name in options.layout[mark])
    return "|".join([mark, *(" ".join(field.replace("|", " ").split()) for field in fields)])


def _street(address: Address) -> str:
    numbered = f"{address.street} {address.number}" if address.number else address.street
    return f"{numbered}, {address.unit}" if address.unit else numbered


def _rut(text: str) -> str:
    return text.replace(".", "").upper()
