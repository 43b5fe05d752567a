"""An order as a request for one document: what it says, in no country's and no provider's words."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from mtd.connectors.requests import (
    AMOUNTS,
    ANNUL,
    Sale,
    correction,
    kind_of,
    note_of,
    request_of,
)
from mtd.core.orders.purchase_order import BuyerDocument, DocumentKind, PurchaseOrder
from mtd.core.tax.countries.cl.issuer import ANONYMOUS_BUYER
from mtd.core.tax.countries.cl.practice import PRIVATE, localised
from mtd.core.tax.request import Correction, FiscalKind, Reference, TaxCategory
from tests.core.orders.examples import ADDRESS, plain_line, plain_order

NOON = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
WHOLE = Reference(type_code="39", number="7", correction=Correction.ANNULS, reason="x")


def sale(order: PurchaseOrder) -> Sale:
    return Sale(order=order, issuer="paris", at=NOON)


def test_discounts_of_the_order_fall_on_what_they_lower() -> None:
    lines = (plain_line(), plain_line(line_no=2, tax_exempt=True, discount=Decimal(0)))
    totals = replace(
        plain_order().totals,
        discounts=Decimal(1_100),
        exempt=Decimal(11_500),
        grand_total=Decimal(22_900),
    )
    request = request_of(sale(plain_order(lines=lines, totals=totals)), FiscalKind.RECEIPT)
    assert {one.category: one.amount for one in request.allowances} == {
        TaxCategory.STANDARD: 500,
        TaxCategory.EXEMPT: 500,
    }
    assert [one.price_includes_tax for one in request.lines] == [True, False]


def test_a_note_is_of_the_whole_or_of_a_part_and_of_no_payment() -> None:
    whole = note_of(sale(plain_order()), WHOLE, None)
    assert (len(whole.lines), whole.payments, whole.references) == (1, (), (WHOLE,))
    part = note_of(sale(plain_order()), WHOLE, Decimal(700))
    assert [one.unit_price for one in part.lines] == [700]
    assert not part.allowances
    assert (correction(ANNUL)[0], correction(AMOUNTS)[0]) == (
        Correction.ANNULS,
        Correction.CORRECTS_AMOUNTS,
    )


def test_what_a_voucher_documents_is_taken_off() -> None:
    request = request_of(sale(plain_order()), FiscalKind.RECEIPT, Decimal(900))
    assert [one.amount for one in request.allowances] == [900]


def test_the_kind_is_the_one_wanted_else_the_buyer_s() -> None:
    order = plain_order()
    assert kind_of(order, None) is FiscalKind.RECEIPT
    assert kind_of(order, "INVOICE") is FiscalKind.INVOICE
    with pytest.raises(KeyError):
        kind_of(order, "POEM")


def test_chile_names_whom_the_format_lets_it_name() -> None:
    order = plain_order(
        buyer_document=BuyerDocument(
            kind=DocumentKind.INVOICE,
            tax_id="76.111.111-6",
            legal_name="Andes SpA",
            address=ADDRESS,
        )
    )
    invoice = localised(request_of(sale(order), FiscalKind.INVOICE)).buyer
    assert invoice is not None
    assert (invoice.tax_id, invoice.name, invoice.business_line, invoice.place.district) == (
        "76111111-6",
        "Andes SpA",
        PRIVATE,
        "Ñuñoa",
    )
    plain = localised(request_of(sale(plain_order()), FiscalKind.RECEIPT))
    assert plain.buyer is not None
    assert (plain.buyer.tax_id, plain.buyer.name, plain.buyer.place.city) == (
        "12345678-5",
        "Ana Peña",
        "",
    )
    assert {code.scheme for line in plain.lines for code in line.codes} == {"INT1"}
    nobody = plain_order(customer=replace(plain_order().customer, tax_id=None))
    assert localised(request_of(sale(nobody), FiscalKind.RECEIPT)).buyer is None
    noted = localised(note_of(sale(nobody), WHOLE, None)).buyer
    assert noted is not None and noted.tax_id == ANONYMOUS_BUYER
