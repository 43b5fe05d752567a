"""Acceptance scenarios of the sale: intake, payment, stock (reference processes §8), end to end."""

from collections.abc import AsyncGenerator
from decimal import Decimal

import pytest
import pytest_asyncio
from msgspec.structs import replace

from mtd.core.orders.json import write_json
from mtd.core.orders.purchase_order import (
    BuyerDocument,
    Channel,
    DocumentKind,
    Payment,
    PaymentMethod,
    Shipment,
    ShipmentMethod,
)
from tests.conftest import Server
from tests.core.orders.examples import ADDRESS
from tests.processes.shop import Shop, an_order, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Shop]:
    async with open_shop(server, tmp_path_factory.mktemp("shop")) as opened:
        yield opened


def assert_sold(shop: Shop, key: str, document: str = "issue/sale") -> None:
    """One document, one confirmation, and nothing twice."""
    assert len(shop.effects("paperless", key, document)) == 1
    assert shop.mails(key).count("order_confirmation") == 1
    assert shop.duplicates(key) == []


async def test_happy_ecommerce_boleta(shop: Shop) -> None:
    key = await shop.place(an_order())
    assert await shop.ended(key) == "CLOSED"
    assert_sold(shop, key)
    assert shop.mails(key) == ["order_confirmation", "dispatched"]
    assert len(shop.effects("payment", key, "capture")) == 1
    assert len(shop.effects("salessupport", key, "publish")) == 1


async def test_happy_kiosk_pickup(shop: Shop) -> None:
    pickup = Shipment(method=ShipmentMethod.PICKUP, pickup_branch="PA-COSTANERA")
    key = await shop.place(an_order(channel=Channel.KIOSK, shipment=pickup))
    assert await shop.ended(key) == "CLOSED"
    assert_sold(shop, key)
    assert len(shop.effects("paperless", key, "issue/guide")) == 1
    assert shop.mails(key) == ["order_confirmation", "ready_for_pickup"]
    assert shop.effects("logistics", key) == []


async def test_happy_phone_async_payment(shop: Shop) -> None:
    key = await shop.place(an_order(channel=Channel.PHONE))
    assert await shop.ended(key) == "CLOSED"
    assert_sold(shop, key)
    [asked] = shop.effects("payment", key, "capture")
    assert asked.status == 202, "it was confirmed later"


async def test_factura_with_rut(shop: Shop) -> None:
    buyer = BuyerDocument(
        kind=DocumentKind.INVOICE,
        tax_id="76111111-6",
        legal_name="Comercial Austral SpA",
        business_line="Restaurantes",
        address=ADDRESS,
    )
    key = await shop.place(an_order(buyer_document=buyer))
    assert await shop.ended(key) == "CLOSED"
    assert_sold(shop, key)
    issued = await shop.evidence(key, "tax.issue")
    assert "FH|33|" in issued


async def test_digital_goods_wait_for_no_warehouse(shop: Shop) -> None:
    order = an_order()
    digital = tuple(replace(line, digital=True) for line in order.lines)
    key = await shop.place(replace(order, lines=digital))
    assert await shop.ended(key) == "CLOSED"
    assert_sold(shop, key)
    assert shop.effects("eom", key) == shop.effects("logistics", key) == []


async def test_duplicate_same(shop: Shop) -> None:
    order = an_order()
    await shop.place(order)
    key = await shop.place(order)
    assert await shop.ended(key) == "CLOSED"
    assert_sold(shop, key)


async def test_duplicate_changed(shop: Shop) -> None:
    order = an_order()
    key = await shop.place(order)
    other = replace(order, promised_at=order.promised_at.replace(year=2100))
    async with shop.session.post(
        "/orders", data=write_json(other), headers={"Content-Type": "application/json"}
    ) as answer:
        assert answer.status == 409
    assert await shop.ended(key) == "CLOSED"
    assert_sold(shop, key)


async def test_giftcard_declined_then_card(shop: Shop) -> None:
    paid = (
        Payment(method=PaymentMethod.GIFT_CARD, amount=Decimal(1_900), instrument="GC-1"),
        Payment(method=PaymentMethod.CARD, amount=Decimal(10_000)),
    )
    order = an_order(payments=paid)
    shop.script("giftcard", "declined", order.key, "redeem")
    key = await shop.place(order)
    await shop.do(key, "Resolver pago", decision="Otro medio")
    assert await shop.ended(key) == "CLOSED"
    assert_sold(shop, key)
    captured = sorted(int(e.subject) for e in shop.effects("payment", key, "capture"))
    assert captured == [1_900, 10_000]
    assert shop.effects("giftcard", key, "redeem") == []


async def test_stockout_partial(shop: Shop) -> None:
    order = an_order()
    two = (order.lines[0], replace(order.lines[0], line_no=2, sku="PA-2"))
    total = replace(order.totals, net=Decimal(20_000), tax=Decimal(3_800), discounts=Decimal(200))
    order = replace(
        order,
        lines=two,
        totals=replace(total, grand_total=Decimal(23_800)),
        payments=(Payment(method=PaymentMethod.CARD, amount=Decimal(23_800)),),
    )
    shop.script("eom", "stockout", order.key, "reserve", times=2)
    key = await shop.place(order)
    task = await shop.task(key, "Ofrecer alternativa")
    await shop.do(key, "Ofrecer alternativa", action="partial")
    await shop.tell("CustomerAnswer", task["fields"]["question_id"], accepts=True)
    assert await shop.ended(key) == "CLOSED"
    assert_sold(shop, key)
    assert len(shop.effects("eom", key, "reserve")) == 1


async def test_cancel_before_dte(shop: Shop) -> None:
    order = an_order(channel=Channel.PHONE)
    shop.script("payment", "declined", order.key, "capture")
    key = await shop.place(order)
    await shop.until_effect("payment", key, "capture")
    await shop.until_effect("eom", key, "reserve")
    await shop.cancel(key)
    assert await shop.ended(key) == "CANCELLED"
    assert shop.effects("paperless", key) == []
    assert len(shop.effects("eom", key, "release")) == 1
    assert shop.mails(key) == ["order_cancelled"]
    assert shop.duplicates(key) == []
