"""A retail order whose invoice is claimed in the authority's register, end to end."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.conftest import Server
from tests.processes.shop import Shop, an_order, open_shop
from tests.processes.test_scenarios_native import (
    COMPANY,
    HEARD,
    PARIS,
    WHOLE,
    assert_told_once,
    documents,
    notes_of,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Shop]:
    home = tmp_path_factory.mktemp("claims")
    async with open_shop(server, home, settings=HEARD, native=True) as opened:
        yield opened


async def test_a_claimed_factura_is_credited_and_refunded_before_the_order_closes(
    shop: Shop,
) -> None:
    order = an_order(buyer_document=COMPANY)
    shop.silence("logistics", order.key)
    key = await shop.place(order)
    await shop.until_effect("mail", key, "send")
    [(code, state, folio, _)] = await documents(shop, key)
    assert (code, state) == ("33", "ACCEPTED")
    said = {"issuer": PARIS, "code": code, "folio": folio, "event": "RFP"}
    await shop.command("sii_registry", **said)
    task = await shop.task(key, "Resolver reclamo")
    assert (task["role"], task["fields"]["code"]) == ("tax_clerk", "RFP")
    assert (task["fields"]["folio"], task["fields"]["remaining"]) == (folio, WHOLE)
    await shop.do(key, "Resolver reclamo", decision="Con nota", claim_amount=2_000)
    await shop.until_effect("payment", key, "refund")
    assert "2000" in await shop.evidence(key, "payment.refund")
    shop.listen("logistics", key)
    await shop.tell("Dispatched", await shop.variable(key, "shipment_id"), tracking="K-1")
    await shop.tell("Delivered", await shop.variable(key, "shipment_id"))
    assert await shop.ended(key) == "CLOSED"
    assert notes_of(await documents(shop, key)) == [2_000]
    assert shop.mails(key).count("credit_note") == 1
    assert_told_once(shop, key, "order_confirmation")
