"""A shop in Lima: the same process and drawing, another country's documents, end to end."""

import asyncio
from collections.abc import AsyncGenerator
from itertools import count

import pytest
import pytest_asyncio

from mtd.core.orders.json import write_json
from mtd.core.orders.purchase_order import PurchaseOrder, Shipment, ShipmentMethod
from mtd.runtime.app import TENANT
from mtd.runtime.rehearsal.stress.standing import settled
from mtd.simulators.faults import Scripted
from mtd.store.orders.kept import of_order
from mtd.store.tax import folios, tax_documents
from mtd.store.tax.tax_documents import Booked
from tests.conftest import Server
from tests.processes.house import PATIENT, POSTGRES, QUIET, open_house
from tests.processes.shop import Shop, open_shop
from tests.runtime.tax.peru import RUC, SERIES, an_order, certified, declared

CUSTOMER = "peru"
SOL = {"SOL_USER": f"{RUC}MODDATOS", "SOL_PASSWORD": "p"}
IMPATIENT = {"MTD__LEGACY__SUNAT__TIMEOUT_S": "0.7"}
SHARES = {"lost_reply": 0.15, "error_after": 0.1, "error": 0.1, "unavailable": 0.1, "busy": 0.1}
"""More than half of what is sent suffers something."""
ORDERS = 24
_NUMBERS = count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Shop]:
    home = tmp_path_factory.mktemp("lima")
    async with open_shop(server, home, CUSTOMER, settings={**SOL, **IMPATIENT}) as opened:
        await declared(opened.app, *SERIES)
        await certified(opened.app)
        yield opened


def sale(**changes: object) -> PurchaseOrder:
    """An order under a number of its own."""
    return an_order(next(_NUMBERS), **changes)  # pyright: ignore[reportArgumentType]


def befall(shop: Shop, *faults: str) -> None:
    """The next sendings suffer these."""
    for fault in faults:
        shop.legacy.stations["sunat"].faults.script(Scripted(fault=fault, operation="sendBill"))


async def documents(shop: Shop, key: str) -> list[Booked]:
    """The order's documents."""
    instance = (await shop.order(key))["id"]
    async with shop.app.store.door(TENANT) as connection:
        booked = await tax_documents.every(connection, TENANT)
    return [one for one in booked if one.instance == instance]


def registered(shop: Shop, document: Booked) -> int:
    """How often the SUNAT registered it."""
    name = f"{RUC}-{document.type_code}-{document.series}-{document.folio}"
    return len(shop.effects("sunat", name))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("invoice", [False, True])
async def test_a_sale_is_documented_and_delivered(shop: Shop, invoice: bool) -> None:
    key = await shop.place(sale(invoice=invoice))
    assert await shop.ended(key) == "CLOSED"
    (document,) = await documents(shop, key)
    series = ("01", "F001") if invoice else ("03", "B001")
    assert (document.type_code, document.series) == series
    assert (document.state, document.total) == ("ACCEPTED", document.amount)
    assert registered(shop, document) == 1
    instance = (await shop.order(key))["id"]
    async with shop.app.store.door(TENANT) as connection:
        kept = [one.name for one in await of_order(connection, TENANT, instance)]
    receipt = f"R-{RUC}-{document.type_code}-{document.series}-{document.folio}.xml"
    assert receipt in kept, "the authority's own word"
    assert shop.mails(key).count("order_confirmation") == 1
    assert shop.duplicates(key) == []


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("fault", ["timeout_after", "lost_reply", "error", "unavailable_after"])
async def test_whatever_befalls_the_sending_one_document_counts(shop: Shop, fault: str) -> None:
    befall(shop, fault)
    key = await shop.place(sale())
    assert await shop.ended(key) == "CLOSED"
    (document,) = await documents(shop, key)
    assert document.state == "ACCEPTED"
    assert registered(shop, document) == 1
    assert shop.duplicates(key) == []


@pytest.mark.asyncio(loop_scope="module")
async def test_a_rejected_document_is_corrected_under_another_number(shop: Shop) -> None:
    befall(shop, "rejected")
    key = await shop.place(sale())
    await shop.do(key, "Corregir datos tributarios")
    assert await shop.ended(key) == "CLOSED"
    first, second = sorted(await documents(shop, key), key=lambda one: one.folio)
    assert (first.state, first.codes) == ("VOIDED", "3205")
    assert second.state == "ACCEPTED"
    assert shop.mails(key).count("order_incident") == 1


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("invoice", [False, True])
async def test_a_cancelled_order_has_its_note(shop: Shop, invoice: bool) -> None:
    order = sale(invoice=invoice)
    shop.silence("eom", order.key)
    key = await shop.place(order)
    await shop.until(key, "IN_FULFILLMENT")
    await shop.cancel(key)
    assert await shop.ended(key) == "CANCELLED"

    async def settled_both() -> list[Booked]:
        found = await documents(shop, key)
        return found if {one.state for one in found} == {"ACCEPTED", CANCELLED} else []

    found = await shop.soon(settled_both, f"{key} note", lambda: shop.told(key))
    document, note = sorted(found, key=lambda one: one.type_code)
    assert (note.type_code, note.series) == ("07", "FC01" if invoice else "BC01")
    assert note.total == document.total
    assert registered(shop, note) == registered(shop, document) == 1
    assert len(shop.effects("payment", key, "refund")) == 1


CANCELLED = "CANCELLED_BY_CREDIT_NOTE"


@pytest.mark.asyncio(loop_scope="module")
async def test_goods_that_are_fetched_leave_without_a_guide_of_ours(shop: Shop) -> None:
    pickup = Shipment(method=ShipmentMethod.PICKUP, pickup_branch="centro")
    key = await shop.place(sale(shipment=pickup))
    assert await shop.ended(key) == "CLOSED"
    assert [one.type_code for one in await documents(shop, key)] == ["03"]


async def test_exactly_once_though_everything_dies_and_most_answers_are_lost() -> None:
    """Each part of MTD a process of its own: workers and the database are killed in the middle."""
    troubled = {**QUIET, "systems": {"sunat": {"shares": SHARES}}}
    async with open_house(troubled, PATIENT, customer=CUSTOMER) as house:
        orders = [sale(invoice=n % 3 == 0) for n in range(ORDERS)]
        victims = ["worker-1", POSTGRES, "worker-2"]
        for n, order in enumerate(orders):
            body = write_json(order)
            headers = {"Content-Type": "application/json"}
            async with asyncio.timeout(60):
                while True:
                    async with house.stage.api.post("/orders", data=body, headers=headers) as told:
                        if told.status in (200, 201, 202):
                            break
                    await asyncio.sleep(0.2)
            if n % (ORDERS // len(victims)) == 4:
                await house.kill(victims.pop(0))
        async with asyncio.timeout(120):
            await settled(house.stage, ORDERS)
        async with house.stage.app.store.door(TENANT) as connection:
            booked = await tax_documents.every(connection, TENANT)
            assert not await folios.unexplained(connection, TENANT)
        effects = [e for e in await house.stage.town.ledger("sunat") if e["outcome"] == "applied"]
        names = [f"{RUC}-{one.type_code}-{one.series}-{one.folio}" for one in booked]
        assert sorted(e["order"] for e in effects) == sorted(names), "each once, and none besides"
        assert {one.state for one in booked} == {"ACCEPTED"}
        assert len({one.instance for one in booked}) == len(booked) == ORDERS
        assert all(one.total == one.amount for one in booked)
