"""The legal guarantee of a closed order (R70), end to end: Paperless issues, or MTD itself."""

import re
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from mtd.runtime.app import TENANT
from tests.conftest import Server
from tests.processes.shop import Shop, an_order, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")
WHOLE, PART = 11_900, 5_950


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["paperless", "native"])
async def shop(
    request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Shop]:
    home = tmp_path_factory.mktemp("guarantee")
    async with open_shop(server, home, native=request.param == "native") as opened:
        yield opened


async def notes(shop: Shop, key: str) -> list[int]:
    """The totals of the credit notes of an order that count, whoever issued them."""
    order = (await shop.order(key))["id"]
    async with shop.app.store.door(TENANT) as connection:
        ours = await connection.fetch(
            "SELECT total FROM tax_document WHERE instance_id = $1 AND type_code = '61'"
            " AND state NOT IN ('REJECTED', 'VOIDED') ORDER BY folio",
            order,
        )
    theirs = len(shop.effects("paperless", key, "issue/credit_note"))
    told = re.findall(r"FH\|61\|(?:[^|]*\|){12}(\d+)", await shop.evidence(key, "tax.credit_note"))
    assert len(told) == theirs
    return [int(row["total"]) for row in ours] + [int(total) for total in told]


async def claimed(shop: Shop, key: str, id_: str, reason: str = "GUARANTEE") -> None:
    """The customer claims, and the goods are there."""
    await shop.tell("ReturnRequested", key, return_id=id_, reason=reason)
    await shop.until(key, "RETURN_IN_PROGRESS")
    await shop.tell("GoodsReceived", id_)


async def asked_for(shop: Shop, key: str) -> list[str]:
    """The amounts given back, as they were asked of the gateway."""
    told = await shop.evidence(key, "payment.refund")
    return [part.partition("}")[0].partition(",")[0] for part in told.split('"amount":')[1:]]


async def test_guarantee_after_close(shop: Shop) -> None:
    """A part is given back months later, too much is not, and what is left is given in the end."""
    key = await shop.place(an_order())
    assert await shop.ended(key) == "CLOSED"
    await claimed(shop, key, f"G1-{key}")
    await shop.do(key, "Inspeccionar devolución", decision="Acoger una parte", amount=PART)
    assert await shop.ended(key) == "CLOSED"
    assert len(await notes(shop, key)) == 1
    await claimed(shop, key, f"G2-{key}")
    await shop.do(key, "Inspeccionar devolución", decision="Acoger una parte", amount=PART + 1)
    task = await shop.task(key, "Inspeccionar devolución")
    assert task["fields"]["remaining"] == WHOLE - PART
    await shop.do(key, "Inspeccionar devolución", decision="Acoger todo")
    assert await shop.ended(key) == "CLOSED"
    assert sorted(await notes(shop, key)) == [PART, WHOLE - PART]
    assert await asked_for(shop, key) == [str(PART), str(WHOLE - PART)]
    assert shop.mails(key).count("order_returned") == 2
    # Paperless has no key by which it could tell two wanted notes from one sent twice.
    twice = [one for one in shop.duplicates(key) if "issue/credit_note" not in one]
    assert twice == []
    # All of it was given back: there is no guarantee any more, and nobody to claim it from.
    again = {"name": "ReturnRequested", "key": key, "message_id": f"late-{key}"}
    status, _ = await shop.status_of("/messages", again)
    assert status == 409


async def test_a_closed_order_cannot_be_withdrawn_from_or_cancelled(shop: Shop) -> None:
    key = await shop.place(an_order())
    assert await shop.ended(key) == "CLOSED"
    status, _ = await shop.status_of(f"/orders/{key}/cancel", {"actor": "ana", "reason": "late"})
    assert status == 409
    await shop.tell("ReturnRequested", key, return_id=f"W-{key}", reason="DISLIKED")
    await shop.until_effect("mail", key, "send", 3)
    assert shop.mails(key)[-1] == "return_rejected"
    assert (await shop.order(key))["state"] == "CLOSED"
    assert await notes(shop, key) == []
