"""What people put right in an order is used from then on, and stands in clear nowhere."""

import re
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from mtd.core.orders.purchase_order import BuyerDocument, DocumentKind
from mtd.store.sessions import Session
from tests.conftest import Server
from tests.core.orders.examples import ADDRESS
from tests.processes.shop import PERSON, Shop, an_order, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")
STRANGER, KNOWN = "77777777-7", "76111111-6"
TASK = "Corregir datos tributarios"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Shop]:
    async with open_shop(server, tmp_path_factory.mktemp("shop")) as opened:
        yield opened


async def recipients(shop: Shop, key: str) -> list[tuple[str, str]]:
    """Kind and recipient of each letter about an order."""
    async with shop.session.get(f"{shop.legacy.control_url}/mail/__control") as answer:
        letters = (await answer.json(content_type=None))["state"]["recent"]
    return [(one["kind"], one["recipient"]) for one in letters if one["order"] == key]


async def in_clear(server: Server, shop: Shop, text: str) -> list[str]:
    """The tables that hold `text` in any column, bytes included."""
    admin = Session(server.admin(shop.app.store.dsn), {})
    tables = await admin.fetch(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    found: list[str] = []
    for row in tables:
        name = row["table_name"]
        query = f"SELECT FROM {name} t WHERE position($1 in t::text) + position($2 in t::text) > 0"
        if await admin.fetch(query, text, text.encode().hex()):
            found.append(name)
    await admin.close()
    return found


async def test_a_bounced_letter_goes_to_the_corrected_address(server: Server, shop: Shop) -> None:
    old, new = "ana@nowhere.invalid", "ana.nueva@correo.example"
    order = an_order()
    order = replace(order, customer=replace(order.customer, email=old))
    shop.silence("eom", order.key)
    # While a call is under way the worker has the order, as it was, in memory.
    shop.script("salessupport", "slow", order.key, "publish")
    key = await shop.place(order)
    await shop.do(key, "Corregir correo", email=new, comment="lo dijo por teléfono")
    await shop.until_effect("mail", key, "send", 2)
    confirmation = "order_confirmation"
    assert await recipients(shop, key) == [(confirmation, old), (confirmation, new)]
    shipment = await shop.variable(key, "shipment_id")
    for status in ("PICKED", "PACKED"):
        await shop.tell("FulfilmentEvent", shipment, status=status)
    assert await shop.ended(key) == "CLOSED"
    assert (await recipients(shop, key))[2:] == [("dispatched", new)]
    [made] = await shop.get(f"/orders/{key}/corrections")
    assert (made["task"], made["actor"], made["fields"], made["reason"]) == (
        "Corregir correo",
        PERSON,
        ["customer.email"],
        "lo dijo por teléfono",
    )
    assert made["at"] and made["version"] == 2
    for secret in ("ana.nueva", "ana@nowhere", "lo dijo por"):
        assert await in_clear(server, shop, secret) == [], secret
    assert await in_clear(server, shop, "Corregir correo"), "the look finds what is there"


async def test_a_rejected_document_is_issued_again_with_the_corrected_buyer(
    server: Server, shop: Shop
) -> None:
    """The authority rejects whatever is made out to a stranger, however often it comes."""
    await shop.command("paperless", strangers=[STRANGER])
    buyer = BuyerDocument(
        kind=DocumentKind.INVOICE,
        tax_id=STRANGER,
        legal_name="Comercial Austral SpA",
        business_line="Restaurantes",
        address=ADDRESS,
    )
    key = await shop.place(an_order(buyer_document=buyer))
    task = await shop.task(key, TASK)
    place = f"/tasks/{task['instance']}/{task['wait']}/complete"
    wrong = {"person": PERSON, "outputs": {"tax_id": "76111111-1"}}
    status, said = await shop.status_of(place, wrong)
    assert (status, [flaw["field"] for flaw in said["flaws"]]) == (422, ["tax_id"])
    corrections: dict[str, Any] = {
        "tax_id": KNOWN,
        "legal_name": "Boreal Limitada",
        "business_line": "Panadería",
        "street": "Los Leones",
        "number": "45",
        "commune": "Providencia",
    }
    await shop.do(key, TASK, **corrections, comment="según su e-RUT")
    assert await shop.ended(key) == "CLOSED"
    [rejected, accepted] = shop.effects("paperless", key, "issue/sale")
    assert rejected.subject == accepted.subject, "under the same folio"
    receiver = await document(shop, key)
    assert receiver == {
        "RUTRecep": KNOWN,
        "RznSocRecep": "Boreal Limitada",
        "GiroRecep": "Panadería",
        "DirRecep": "Los Leones 45",
        "CmnaRecep": "Providencia",
    }
    for secret in ("Boreal Limitada", "Los Leones", KNOWN[:8] + "-1", "e-RUT"):
        assert await in_clear(server, shop, secret) == [], secret


async def document(shop: Shop, key: str) -> dict[str, str]:
    """The receiver's fields in the XML that is kept with the order."""
    [name] = [
        one["name"]
        for one in await shop.get(f"/orders/{key}/documents")
        if one["media_type"] == "application/xml"
    ]
    async with shop.session.get(f"/orders/{key}/document?name={name}") as answer:
        text = await answer.text()
    return dict(re.findall(r"<(\w+Recep)>([^<]*)<", text))
