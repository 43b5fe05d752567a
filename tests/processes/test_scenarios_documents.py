"""Acceptance scenarios of the tax document and of what follows it (§8), end to end."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
import pytest_asyncio
from msgspec.structs import replace

from mtd.runtime.app import TENANT
from mtd.store.orders.kept import of_order
from tests.conftest import Server
from tests.processes.shop import Shop, an_order, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")
RACING = 4


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Shop]:
    home = tmp_path_factory.mktemp("shop")
    impatient = {
        "MTD__LEGACY__PAPERLESS__TIMEOUT_S": "0.7",
        "MTD__DURATIONS__CLAIMS_WINDOW": "PT1.5S",
    }
    async with open_shop(server, home, settings=impatient) as opened:
        yield opened


def sales(shop: Shop, key: str) -> int:
    """Documents of sale that the issuer made for the order."""
    return len(shop.effects("paperless", key, "issue/sale"))


async def test_dte_down_2h_recovers(shop: Shop) -> None:
    order = an_order()
    shop.script("paperless", "error", order.key, "issue/sale", times=7)
    key = await shop.place(order)
    assert await shop.ended(key) == "CLOSED"
    assert sales(shop, key) == 1
    assert shop.mails(key).count("order_incident") == 1
    assert shop.duplicates(key) == []


async def test_dte_timeout_but_issued_not_doubled(shop: Shop) -> None:
    order = an_order()
    shop.script("paperless", "timeout_after", order.key, "issue/sale")
    key = await shop.place(order)
    assert await shop.ended(key) == "CLOSED"
    assert sales(shop, key) == 1
    assert shop.duplicates(key) == []


async def test_dte_rejected_corrected_same_folio(shop: Shop) -> None:
    order = an_order()
    shop.script("paperless", "rejected", order.key, "issue/sale")
    key = await shop.place(order)
    await shop.do(key, "Corregir datos tributarios")
    assert await shop.ended(key) == "CLOSED"
    [first, second] = shop.effects("paperless", key, "issue/sale")
    assert first.subject == second.subject, "under the folio of the rejected one"
    assert shop.mails(key).count("order_incident") == 1
    assert shop.duplicates(key) == []


async def test_no_folio_load_caf(shop: Shop) -> None:
    order = an_order()
    shop.script("paperless", "no_folio", order.key, "issue/sale")
    key = await shop.place(order)
    task = await shop.task(key, "Cargar folios (CAF)")
    assert task["role"] == "tax_clerk"
    await shop.do(key, "Cargar folios (CAF)")
    assert await shop.ended(key) == "CLOSED"
    assert sales(shop, key) == 1
    assert shop.duplicates(key) == []


async def test_incident_mail_once(shop: Shop) -> None:
    """Twice without a folio is one incident: the customer hears of it once."""
    order = an_order()
    shop.script("paperless", "no_folio", order.key, "issue/sale", times=2)
    key = await shop.place(order)
    await shop.do(key, "Cargar folios (CAF)")
    await shop.do(key, "Cargar folios (CAF)")
    assert await shop.ended(key) == "CLOSED"
    assert sales(shop, key) == 1
    assert shop.mails(key).count("order_incident") == 1


async def test_cancel_after_dte_credit_note(shop: Shop) -> None:
    order = an_order()
    shop.silence("eom", order.key)
    key = await shop.place(order)
    await shop.until(key, "IN_FULFILLMENT")
    await shop.cancel(key)
    assert await shop.ended(key) == "CANCELLED"
    assert len(shop.effects("paperless", key, "issue/credit_note")) == 1
    assert [e.operation for e in shop.effects("payment", key)] == ["capture", "refund"]
    assert len(shop.effects("eom", key, "release")) == 1
    assert shop.mails(key)[-1] == "order_cancelled"
    assert shop.duplicates(key) == []


@pytest.mark.parametrize("cancel_first", [True, False])
async def test_cancel_races_dispatch(shop: Shop, cancel_first: bool) -> None:
    """Both at once, for several orders: each is either cancelled and undone, or goes its way."""
    keys = await asyncio.gather(*(_about_to_leave(shop) for _ in range(RACING)))
    shipments = [await shop.variable(key, "shipment_id") for key in keys]
    cancel = {"actor": "ana", "reason": "the customer changed their mind"}
    for key, shipment in zip(keys, shipments, strict=True):
        race = [
            shop.status_of(f"/orders/{key}/cancel", cancel),
            shop.tell("Dispatched", shipment, tracking=f"TR-{key}"),
        ]
        await asyncio.gather(*(race if cancel_first else reversed(race)))
    for key, shipment in zip(keys, shipments, strict=True):
        cancelled = await shop.until(key, "DISPATCHED", "CANCELLED") == "CANCELLED"
        if not cancelled:
            await shop.tell("Delivered", shipment)
            assert await shop.ended(key) == "CLOSED"
        assert len(shop.effects("payment", key, "refund")) == cancelled
        assert len(shop.effects("logistics", key, "cancel")) == cancelled
        assert len(shop.effects("paperless", key, "issue/credit_note")) == cancelled
        assert shop.duplicates(key) == []


async def _about_to_leave(shop: Shop) -> str:
    """An order whose carrier was asked, and says nothing by itself."""
    order = an_order()
    shop.silence("logistics", order.key)
    key = await shop.place(order)
    await shop.until_effect("logistics", key, "request")
    return key


async def test_delivery_failed_second_attempt(shop: Shop) -> None:
    order = an_order()
    shop.script("logistics", "delivery_failed", order.key, "request")
    key = await shop.place(order)
    assert await shop.ended(key) == "CLOSED"
    assert len(shop.effects("logistics", key, "request")) == 2
    assert shop.mails(key).count("dispatched") == 2
    assert shop.duplicates(key) == []


async def test_an_overdue_trip_is_stopped_before_another_begins(shop: Shop) -> None:
    order = an_order()
    shop.silence("logistics", order.key)
    key = await shop.place(order)
    await shop.until_effect("logistics", key, "request")
    shipment = await shop.variable(key, "shipment_id")
    await shop.tell("Dispatched", shipment, tracking="TR-1")
    await shop.tell("DeliveryFailed", shipment)
    await shop.until_effect("logistics", key, "request", 2)
    await shop.tell("Dispatched", shipment, tracking="TR-2")
    await shop.tell("DeliveryFailed", shipment)
    await shop.task(key, "Coordinar entrega")
    shop.listen("logistics", order.key)
    await shop.do(key, "Coordinar entrega", decision="Despachar de nuevo")
    assert await shop.ended(key) == "CLOSED"
    assert len(shop.effects("logistics", key, "cancel")) == 1


async def test_early_warning_before_breach(shop: Shop) -> None:
    order = an_order()
    shop.silence("eom", order.key)
    key = await shop.place(replace(order, promised_at=order.placed_at + timedelta(seconds=4)))
    await shop.until_effect("mail", key, "send", 2)
    assert "early_warning" in shop.mails(key)
    assert datetime.now(UTC) < order.placed_at + timedelta(seconds=4)
    shipment = await shop.variable(key, "shipment_id")
    for status in ("PICKED", "PACKED"):
        await shop.tell("FulfilmentEvent", shipment, status=status)
    assert await shop.ended(key) == "CLOSED"
    assert shop.duplicates(key) == []


async def test_return_partial_credit_note(shop: Shop) -> None:
    key = await shop.place(an_order())
    await shop.until(key, "DELIVERED")
    await shop.tell("ReturnRequested", key, return_id=f"R-{key}", reason="WITHDRAWAL")
    await shop.until(key, "RETURN_IN_PROGRESS")
    await shop.tell("GoodsReceived", f"R-{key}")
    place = await shop.task(key, "Inspeccionar devolución")
    status, said = await shop.status_of(
        f"/tasks/{place['instance']}/{place['wait']}/complete",
        {"person": "ana", "outputs": {"decision": "Acoger una parte"}},
    )
    assert (status, said["flaws"][0]["field"]) == (422, "amount")
    await shop.do(key, "Inspeccionar devolución", decision="Acoger una parte", amount=5_950)
    assert await shop.ended(key) == "CLOSED"
    [note] = shop.effects("paperless", key, "issue/credit_note")
    assert note.outcome == "applied"
    credited = await shop.evidence(key, "tax.credit_note")
    assert "|5000|0|950|5950" in credited
    assert "|3|CORRIGE MONTOS" in credited
    [refund] = shop.effects("payment", key, "refund")
    assert refund.order == key
    assert shop.duplicates(key) == []


async def test_pdf_and_xml_are_kept_with_the_order_and_sealed(shop: Shop) -> None:
    key = await shop.place(an_order())
    assert await shop.ended(key) == "CLOSED"
    kept = await shop.get(f"/orders/{key}/documents")
    assert sorted(one["media_type"] for one in kept) == ["application/pdf", "application/xml"]
    for one in kept:
        async with shop.session.get(f"/orders/{key}/document?name={one['name']}") as answer:
            content = await answer.read()
            assert (answer.status, answer.content_type) == (200, one["media_type"])
        assert sha256(content).hexdigest() == one["sha256"]
        assert content.startswith((b"%PDF", b"<"))
    id_ = (await shop.order(key))["id"]
    async with shop.app.store.door(TENANT) as connection:
        sealed = await of_order(connection, TENANT, id_)
    assert len(sealed) == 2
    assert not any(b"PDF" in one.ciphertext or one.ciphertext[:1] == b"<" for one in sealed)
