"""An order's contradictions are found, all at once, and sensible orders have none."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from mtd.core.money import Currency
from mtd.core.orders.purchase_order import (
    BuyerDocument,
    Customer,
    DeliverySlot,
    DocumentKind,
    Payment,
    PaymentMethod,
    PurchaseOrder,
    Shipment,
    ShipmentMethod,
    Totals,
)
from mtd.core.orders.validation import flaws_of, is_email
from mtd.runtime.rehearsal.orders.generator import generate
from tests.core.orders.examples import ADDRESS, PLACED_AT, orders, plain_line, plain_order

UNTIL = datetime(2026, 3, 14, 15, tzinfo=UTC)


def test_a_plain_order_is_valid() -> None:
    assert flaws_of(plain_order()) == ()


def test_generated_orders_are_valid() -> None:
    assert [flaws_of(order) for order in generate(3, 500, UNTIL)] == [()] * 500


@given(orders())
def test_every_readable_order_can_be_validated(order: PurchaseOrder) -> None:
    for flaw in flaws_of(order):
        assert flaw.field
        assert flaw.message


def _totals(**changes: int) -> Totals:
    amounts = {"net": 10_000, "tax": 1_900, "discounts": 100, "grand_total": 11_900} | changes
    return Totals(**{name: Decimal(amount) for name, amount in amounts.items()})


def _payment(method: PaymentMethod, amount: int, instrument: str | None = None) -> Payment:
    return Payment(method=method, amount=Decimal(amount), instrument=instrument)


def _customer(**changes: Any) -> Customer:
    fields: dict[str, Any] = {"name": "Ana", "email": "ana@correo.example"} | changes
    return Customer(**fields)


SLOT = DeliverySlot(starts_at=PLACED_AT, ends_at=PLACED_AT)
PAST = DeliverySlot(
    starts_at=PLACED_AT - timedelta(hours=2), ends_at=PLACED_AT - timedelta(hours=1)
)
AT_HOME = ShipmentMethod.HOME_DELIVERY


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"totals": _totals(shipping=1)}, ["totals.grand_total"]),
        ({"totals": _totals(net=9_999)}, ["totals.net"]),
        ({"totals": _totals(net=9_999, exempt=1)}, ["totals.exempt"]),
        ({"lines": (plain_line(discount=Decimal(101)),)}, ["totals.discounts"]),
        (
            {"lines": (plain_line(discount=Decimal(12_001)),)},
            ["lines[0].discount", "totals.discounts"],
        ),
        (
            {"lines": (plain_line(), plain_line())},
            ["lines[1].line_no", "totals.grand_total", "totals.discounts"],
        ),
        ({"payments": (_payment(PaymentMethod.CARD, 11_899),)}, ["payments"]),
        (
            {"payments": (_payment(PaymentMethod.CARD, 11_900), _payment(PaymentMethod.CASH, 0))},
            ["payments[1].amount"],
        ),
        ({"payments": (_payment(PaymentMethod.GIFT_CARD, 11_900),)}, ["payments[0].instrument"]),
        ({"customer": _customer(tax_id="12.345.678-4")}, ["customer.tax_id"]),
        ({"customer": _customer(email=None)}, ["customer.email"]),
        ({"customer": _customer(email="ana@@correo")}, ["customer.email"]),
        ({"customer": _customer(phone="12-34")}, ["customer.phone"]),
        ({"customer": _customer(phone="call me 1234567")}, ["customer.phone"]),
        (
            {"buyer_document": BuyerDocument(kind=DocumentKind.INVOICE, tax_id="1-1")},
            [
                "buyer_document.tax_id",
                "buyer_document.legal_name",
                "buyer_document.business_line",
                "buyer_document.address",
            ],
        ),
        ({"shipment": Shipment(method=AT_HOME)}, ["shipment.address"]),
        ({"shipment": Shipment(method=ShipmentMethod.PICKUP)}, ["shipment.pickup_branch"]),
        (
            {"shipment": Shipment(method=AT_HOME, address=ADDRESS, slot=SLOT)},
            ["shipment.slot.ends_at"],
        ),
        (
            {"shipment": Shipment(method=AT_HOME, address=ADDRESS, slot=PAST)},
            ["shipment.slot.ends_at"],
        ),
        ({"promised_at": PLACED_AT - timedelta(seconds=1)}, ["promised_at"]),
    ],
)
def test_each_contradiction_is_told_with_its_field(
    changes: dict[str, Any], fields: list[str]
) -> None:
    assert [flaw.field for flaw in flaws_of(plain_order(**changes))] == fields


def test_all_contradictions_are_told_at_once() -> None:
    order = plain_order(
        totals=_totals(grand_total=1),
        customer=_customer(email="nobody"),
        promised_at=PLACED_AT - timedelta(days=1),
    )
    fields = {flaw.field for flaw in flaws_of(order)}
    assert fields == {
        "totals.grand_total",
        "totals.net",
        "payments",
        "customer.email",
        "promised_at",
    }


def test_lines_are_rounded_one_by_one() -> None:
    lines = tuple(
        plain_line(
            line_no=n, quantity=Decimal("0.333"), unit_price=Decimal("0.05"), discount=Decimal(0)
        )
        for n in (1, 2)
    )
    amounts = Totals(net=Decimal("0.04"), tax=Decimal(0), grand_total=Decimal("0.04"))
    order = plain_order(
        currency=Currency.USD,
        lines=lines,
        totals=amounts,
        payments=(Payment(method=PaymentMethod.CASH, amount=Decimal("0.04")),),
    )
    assert flaws_of(order) == ()


def test_digital_goods_need_no_address() -> None:
    order = plain_order(lines=(plain_line(digital=True),), shipment=Shipment(method=AT_HOME))
    assert flaws_of(order) == ()


@pytest.mark.parametrize(
    ("country", "tax_id", "says"),
    [
        ("PE", "20100070970", None),
        ("PE", "45678901", None),
        ("PE", "20100070971", "no valid RUC or DNI"),
        ("CO", "899999068-1", None),
        ("CO", "899999068-2", "no valid NIT or CC"),
        ("AR", "30-50001091-2", None),
    ],
)
def test_other_countries_have_other_tax_ids(country: str, tax_id: str, says: str | None) -> None:
    flaws = flaws_of(plain_order(country=country, customer=_customer(tax_id=tax_id)))
    if says is None:
        assert flaws == ()
    else:
        assert [flaw.field for flaw in flaws] == ["customer.tax_id"]
        assert says in flaws[0].message


@pytest.mark.parametrize(
    "text",
    ["a@b", "a@b.c\n", "a b@c.cl", "a@-b.cl", "a..b@c.cl", "x@" + "a." * 200 + "cl", "á@b.cl"],
)
def test_what_is_no_email(text: str) -> None:
    assert not is_email(text)
