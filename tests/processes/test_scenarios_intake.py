"""Acceptance scenarios of the intake (§8): files that cannot be read, or not be delivered."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.orders.writing import write_xml
from mtd.runtime.desk.people.accounts import Accounts, By
from mtd.runtime.rehearsal.orders.trouble import Arrival, Trouble, deposit, put_right
from mtd.runtime.rehearsal.stage import intake_folder
from tests.conftest import Server
from tests.core.orders.examples import shipped_mappings
from tests.processes.shop import Shop, an_order, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")
ATTEMPTS = 10


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Shop]:
    home = tmp_path_factory.mktemp("shop")
    eager = {
        "MTD__INTAKE__ATTEMPT_BACKOFF": "PT0S",
        "MTD__INTAKE__ATTEMPT_BACKOFF_MAX": "PT0S",
        "MTD__INTAKE__SETTLE": "PT0.05S",
        "MTD__INTAKE__SCAN": "PT0.2S",
    }
    async with open_shop(server, home, settings=eager, intake=True) as opened:
        yield opened


def arrival(order: PurchaseOrder, trouble: Trouble | None = None) -> Arrival:
    """The order's file in its store's dialect."""
    (dialect,) = (one for one in shipped_mappings() if one.file.store == order.store)
    body = write_xml(order, dialect)
    if trouble is Trouble.MALFORMED_FILE:
        body = body[: len(body) // 2]
    name = f"{order.country}/{order.store}/{order.channel}/{order.external_id}.xml"
    return Arrival(name, body, order.key, trouble)


def folder(shop: Shop) -> Path:
    return intake_folder(shop.app)


async def waiting(shop: Shop, count: int) -> list[dict[str, Any]]:
    """The files that wait for a person, once there are so many."""

    async def there() -> list[dict[str, Any]]:
        found = await shop.get("/waiting?limit=200")
        return found if len(found) >= count else []

    async def told() -> str:
        return str(await shop.get("/counts"))

    return await shop.soon(there, f"{count} files wait", told)


async def test_xml_malformed_quarantine(shop: Shop) -> None:
    order = an_order()
    deposit(arrival(order, Trouble.MALFORMED_FILE), folder(shop))
    [file] = await waiting(shop, 1)
    assert file["cause"] == "XML_INVALID"
    assert file["failures"] == [] or len(file["failures"]) == 1, "it burns no attempts"
    accounts = Accounts(shop.app)
    for login in ("sofia", "pedro"):
        await accounts.add(
            login, login, "una clave de prueba", ("supervisor",), None, By(actor="test")
        )
    place = f"/waiting/{file['id']}/discard"
    await shop.accepted(place, {"actor": "sofia", "reason": "sent anew"})
    said = await shop.accepted(f"{place}/decision", {"actor": "pedro", "agreed": True})
    assert said["ids"] == [file["id"]]
    deposit(arrival(order), folder(shop))
    assert await ended(shop, order.key) == "CLOSED"


async def test_reader_fails_10_then_push(shop: Shop) -> None:
    order = an_order()
    undeliverable = arrival(order, Trouble.UNDELIVERABLE_FILE)
    deposit(undeliverable, folder(shop))
    [file] = await waiting(shop, 1)
    assert len(file["failures"]) == ATTEMPTS
    put_right(undeliverable, folder(shop))
    await shop.accepted("/waiting/push", {"ids": [file["id"]], "actor": "ana", "reason": "moved"})
    assert await ended(shop, order.key) == "CLOSED"
    assert len(shop.effects("payment", order.key, "capture")) == 1


async def ended(shop: Shop, key: str) -> str:
    """How the order of a file ended, once it has become one."""

    async def known() -> bool:
        async with shop.session.get(f"/orders/{key}") as answer:
            return answer.status == 200

    async def told() -> str:
        return str(await shop.get("/counts"))

    await shop.soon(known, f"{key} is an order", told)
    return await shop.ended(key)
