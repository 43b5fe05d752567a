"""Tasks that nobody does in time, and letters to the staff that come back, end to end."""

from collections.abc import AsyncGenerator
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from mtd.core.orders.purchase_order import Payment, PaymentMethod, PurchaseOrder
from tests.conftest import Server
from tests.processes.shop import Shop, an_order, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")
SUPERVISOR, DEPUTY = "jefe@nowhere.invalid", "suplente@tienda.example"
SOON = {
    **{f"MTD__DURATIONS__{task}_DUE": "PT0.3S" for task in ("PAYMENT", "ALTERNATIVE", "EXCEPTION")},
    "MTD__LEGACY__MAIL__OPTIONS__STAFF__SUPERVISOR": SUPERVISOR,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Shop]:
    """Its supervisor's mailbox is broken: whatever is written there comes back."""
    home = tmp_path_factory.mktemp("overdue")
    async with open_shop(server, home, settings=SOON) as opened:
        yield opened


async def letters(shop: Shop, key: str) -> list[tuple[str, str]]:
    """Kind and recipient of each letter about an order."""
    async with shop.session.get(f"{shop.legacy.control_url}/mail/__control") as answer:
        recent = (await answer.json(content_type=None))["state"]["recent"]
    return [(one["kind"], one["recipient"]) for one in recent if one["order"] == key]


def by_gift_card() -> PurchaseOrder:
    paid = (
        Payment(method=PaymentMethod.GIFT_CARD, amount=Decimal(1_900), instrument="GC-1"),
        Payment(method=PaymentMethod.CARD, amount=Decimal(10_000)),
    )
    return an_order(payments=paid)


async def overdue(shop: Shop, key: str, task: str) -> None:
    """The task is told to the supervisor as overdue, and stays open."""

    async def told() -> dict[str, Any] | None:
        open_ = await shop.task(key, task)
        sent = ("task_overdue", SUPERVISOR) in await letters(shop, key)
        return open_ if sent and open_["state"] == "ESCALATED" else None

    await shop.soon(told, f"{task} told as overdue", lambda: shop.told(key))


async def test_a_payment_that_nobody_resolves_reaches_the_supervisor(shop: Shop) -> None:
    order = by_gift_card()
    shop.script("giftcard", "declined", order.key, "redeem")
    key = await shop.place(order)
    await overdue(shop, key, "Resolver pago")
    await shop.do(key, "Resolver pago", decision="Otro medio")
    assert await shop.ended(key) == "CLOSED"


async def test_an_alternative_that_nobody_offers_reaches_the_supervisor(shop: Shop) -> None:
    order = an_order()
    shop.script("eom", "stockout", order.key, "reserve", times=2)
    key = await shop.place(order)
    await overdue(shop, key, "Ofrecer alternativa")
    await shop.cancel(key)
    assert await shop.ended(key) == "CANCELLED"


async def test_an_exception_that_nobody_resolves_reaches_the_supervisor(shop: Shop) -> None:
    order = an_order()
    # Three attempts, and as many again for each of the two retries by itself: then a person.
    shop.script("salessupport", "error", order.key, "publish", times=9)
    key = await shop.place(order)
    await overdue(shop, key, "Resolver excepción")
    await shop.do(key, "Resolver excepción", decision="Reintentar")
    assert await shop.ended(key) == "CLOSED"


async def test_a_bounced_letter_to_the_staff_is_never_the_customers(shop: Shop) -> None:
    """It goes to the corrected mailbox; left as it is, to the one it was for."""
    order = by_gift_card()
    order = replace(order, customer=replace(order.customer, email="ana@correo.example"))
    shop.script("giftcard", "declined", order.key, "redeem")
    key = await shop.place(order)
    await overdue(shop, key, "Resolver pago")
    await shop.do(key, "Corregir destinatario")
    await shop.do(key, "Corregir destinatario", address=DEPUTY)
    await shop.do(key, "Resolver pago", decision="Otro medio")
    assert await shop.ended(key) == "CLOSED"
    overdue_letters = [to for kind, to in await letters(shop, key) if kind == "task_overdue"]
    assert overdue_letters == [SUPERVISOR, SUPERVISOR, DEPUTY]
    customers = {kind for kind, to in await letters(shop, key) if to == "ana@correo.example"}
    assert customers == {"order_confirmation", "dispatched"}
    assert await shop.get(f"/orders/{key}/corrections") == []
