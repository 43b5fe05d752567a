"""Every handler of the brief is metered (REQ-104): a day of orders, then what /metrics says."""

import re
from collections.abc import AsyncGenerator
from datetime import timedelta
from decimal import Decimal

import pytest
import pytest_asyncio
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families

from mtd.core.orders.purchase_order import Payment, PaymentMethod, Shipment, ShipmentMethod
from mtd.runtime.rehearsal.orders.trouble import deposit
from tests.conftest import Server
from tests.processes.shop import ROOT, Shop, an_order, open_shop
from tests.processes.test_scenarios_intake import arrival, ended, folder

pytestmark = pytest.mark.asyncio(loop_scope="module")
HANDLERS = 25
ATTEMPTS = 3
FIGURES = ("invocations_total", "duration_seconds_count", "successes_total", "errors_total")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Shop]:
    eager = {"MTD__INTAKE__SETTLE": "PT0.05S", "MTD__INTAKE__SCAN": "PT0.2S"}
    home = tmp_path_factory.mktemp("shop")
    async with open_shop(server, home, settings=eager, intake=True) as opened:
        yield opened


def documented() -> dict[str, list[str]]:
    """The labels of each handler, as the page for operators lists them."""
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (`.*`) \|$", page, re.MULTILINE)
    return {handler: re.findall("`([^`]+)`", labels) for handler, labels in rows}


async def test_every_handler_shows_in_the_metrics_with_its_four_figures(shop: Shop) -> None:
    await a_sale_by_file_that_is_cancelled(shop)
    await a_pickup_with_a_rejected_document_and_a_failing_stage(shop)
    await a_delivery_that_is_late(shop)
    found = await handlers(shop)
    table = documented()
    assert len(table) >= HANDLERS
    absent = {
        f"{handler}: {label}": figures
        for handler, labels in table.items()
        for label in labels
        if (figures := [f for f in FIGURES if f not in found.get(label, {})])
        or not found[label]["invocations_total"]
    }
    assert not absent
    for label, figures in found.items():
        told = figures["successes_total"] + figures["errors_total"]
        assert figures["invocations_total"] == told, label
    failing = found["salessupport.publish"]
    assert failing["errors_total"] == ATTEMPTS
    assert "mail.send" not in found, "each kind of letter by itself"


async def handlers(shop: Shop) -> dict[str, dict[str, float]]:
    """The figures of each handler, by its label."""
    async with shop.session.get("/metrics") as answer:
        text = await answer.text()
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            label = sample.labels.get("handler")
            if label is not None:
                figure = sample.name.removeprefix("mtd_handler_")
                found.setdefault(label, {})[figure] = sample.value
    return found


async def a_sale_by_file_that_is_cancelled(shop: Shop) -> None:
    paid = (
        Payment(method=PaymentMethod.GIFT_CARD, amount=Decimal(1_900), instrument="GC-1"),
        Payment(method=PaymentMethod.CARD, amount=Decimal(10_000)),
    )
    order = an_order(payments=paid)
    shop.silence("eom", order.key)
    deposit(arrival(order), folder(shop))

    async def known() -> bool:
        async with shop.session.get(f"/orders/{order.key}") as answer:
            return answer.status == 200

    await shop.soon(known, "it is an order", lambda: shop.get("/counts"))
    await shop.until(order.key, "IN_FULFILLMENT")
    await shop.cancel(order.key)
    assert await ended(shop, order.key) == "CANCELLED"


async def a_pickup_with_a_rejected_document_and_a_failing_stage(shop: Shop) -> None:
    pickup = Shipment(method=ShipmentMethod.PICKUP, pickup_branch="PA-COSTANERA")
    order = an_order(shipment=pickup)
    shop.script("paperless", "rejected", order.key, "issue/sale")
    shop.script("salessupport", "error", order.key, "publish", times=ATTEMPTS)
    await shop.command("paperless", authority_down=True)
    key = await shop.place(order)

    async def asked() -> bool:
        return "tax.status" in await handlers(shop)

    await shop.soon(asked, "the issuer is asked", lambda: shop.told(key))
    await shop.command("paperless", authority_down=False)
    await shop.do(key, "Corregir datos tributarios")
    assert await shop.ended(key) == "CLOSED"


async def a_delivery_that_is_late(shop: Shop) -> None:
    order = an_order()
    order = replace(order, promised_at=order.placed_at + timedelta(seconds=4))
    shop.silence("eom", order.key)
    key = await shop.place(order)
    await shop.until(key, "IN_FULFILLMENT")
    shipment = await shop.variable(key, "shipment_id")
    await shop.until_effect("mail", key, "send", 2)
    for status in ("PICKED", "PACKED"):
        await shop.tell("FulfilmentEvent", shipment, status=status)
    assert await shop.ended(key) == "CLOSED"
