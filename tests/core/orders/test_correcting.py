"""Correcting: what is wrong with a correction is told, and nothing else of an order changes."""

import pytest
from msgspec.structs import replace

from mtd.core.orders.correcting import corrected
from mtd.core.orders.flaw import Flaw
from mtd.core.orders.purchase_order import BuyerDocument, DocumentKind, PurchaseOrder
from tests.core.orders.examples import ADDRESS, plain_order

RUT = "76.111.111-6"


def fields(found: PurchaseOrder | tuple[Flaw, ...]) -> set[str]:
    assert not isinstance(found, PurchaseOrder)
    return {flaw.field for flaw in found}


def test_the_mail_address_and_nothing_else_changes() -> None:
    order = plain_order()
    now = corrected(order, {"customer.email": " ana@otra.example "})
    assert now == replace(order, customer=replace(order.customer, email="ana@otra.example"))


def test_a_document_without_an_address_begins_with_the_one_it_would_show() -> None:
    order = plain_order()
    now = corrected(order, {"buyer_document.address.commune": "Providencia"})
    assert isinstance(now, PurchaseOrder)
    assert now.buyer_document.address == replace(ADDRESS, commune="Providencia")
    assert now.shipment == order.shipment, "the goods go where they were to go"


def test_the_buyer_of_an_invoice() -> None:
    buyer = BuyerDocument(
        kind=DocumentKind.INVOICE,
        tax_id="77.777.777-7",
        legal_name="Austral",
        business_line="Pan",
        address=ADDRESS,
    )
    values = {"buyer_document.tax_id": RUT, "buyer_document.legal_name": "Boreal SpA"}
    now = corrected(plain_order(buyer_document=buyer), values)
    assert isinstance(now, PurchaseOrder)
    assert now.buyer_document == replace(buyer, tax_id=RUT, legal_name="Boreal SpA")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("customer.email", "nobody"),
        ("customer.email", ""),
        ("buyer_document.tax_id", "76.111.111-7"),
        ("buyer_document.legal_name", "\x00"),
        ("buyer_document.address.street", "x" * 600),
    ],
)
def test_what_an_order_may_not_say_is_told_by_its_field(path: str, value: str) -> None:
    assert fields(corrected(plain_order(), {path: value})) == {path}


def test_an_address_needs_its_other_parts() -> None:
    order = plain_order(shipment=replace(plain_order().shipment, address=None))
    found = fields(corrected(order, {"buyer_document.address.street": "Los Leones"}))
    assert found == {"buyer_document.address.commune"}


def test_what_was_wrong_before_elsewhere_does_not_stand_in_the_way() -> None:
    order = plain_order()
    crooked = replace(order, totals=replace(order.totals, grand_total=order.totals.net))
    assert isinstance(corrected(crooked, {"customer.email": "ana@otra.example"}), PurchaseOrder)


def test_goods_and_amounts_are_nobodys_to_correct() -> None:
    with pytest.raises(KeyError, match="grand_total"):
        corrected(plain_order(), {"totals.grand_total": "1"})
