"""Facts hold what rules decide upon and nobody's data; keys have one form."""

import json
from decimal import Decimal

from hypothesis import given

from mtd.core.orders.facts import KeyKind, facts, keys, search_key
from mtd.core.orders.purchase_order import Payment, PaymentMethod, PurchaseOrder
from tests.core.orders.examples import orders, plain_line, plain_order


def test_the_facts_of_a_plain_order() -> None:
    gift = Payment(method=PaymentMethod.GIFT_CARD, amount=Decimal(1_900), instrument="GC1")
    card = Payment(method=PaymentMethod.CARD, amount=Decimal(10_000))
    known = facts(plain_order(payments=(gift, card)))
    assert known["order_key"] == "CL/paris/ecommerce/PW-10023"
    assert known["amount"] == 11_900
    assert (known["gift_card_amount"], known["card_amount"]) == (1_900, 10_000)
    assert known["other_amount"] == 0
    assert known["has_gift_card"]
    assert known["payment_methods"] == ["card", "gift_card"]
    assert known["discount_share"] == Decimal("0.0083")
    assert known["promised_at"] == "2026-03-17T13:22:05Z"
    assert (known["has_digital_goods"], known["has_physical_goods"]) == (False, True)


@given(orders())
def test_facts_are_json_and_add_up(order: PurchaseOrder) -> None:
    known = facts(order)
    json.dumps(known, default=str)
    assert (
        known["card_amount"] + known["gift_card_amount"] + known["other_amount"] == known["amount"]
    )
    assert known["line_count"] == len(order.lines)


def test_facts_hold_nobody() -> None:
    order = plain_order(lines=(plain_line(),))
    text = json.dumps(facts(order), default=str)
    for personal in ("Ana", "12.345.678", "correo", "12345678", "Providencia"):
        assert personal not in text


def test_keys_are_found_however_they_are_written() -> None:
    found = {(key.kind, key.value, key.personal) for key in keys(plain_order())}
    assert found == {
        (KeyKind.ORDER_KEY, "CL/paris/ecommerce/PW-10023", False),
        (KeyKind.EXTERNAL_ID, "PW-10023", False),
        (KeyKind.TAX_ID, "12345678-5", True),
        (KeyKind.EMAIL, "ana@correo.example", True),
        (KeyKind.PHONE, "56912345678", True),
    }
    assert search_key(KeyKind.TAX_ID, "12345678-5") == search_key(KeyKind.TAX_ID, "12.345.678-5")


@given(orders())
def test_no_key_is_given_twice(order: PurchaseOrder) -> None:
    assert len(set(keys(order))) == len(keys(order))
