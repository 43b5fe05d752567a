"""Asking for a payment again while an earlier request may stand: the customer pays once."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from mtd.core.orders.purchase_order import Channel
from tests.conftest import Server
from tests.processes.shop import Shop, an_order, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Shop]:
    home = tmp_path_factory.mktemp("shop")
    patient = {
        "MTD__DURATIONS__PAYMENT_CONFIRMATION": "PT1S",
        "MTD__DURATIONS__PAYMENT_DEADLINE": "PT1M",
    }
    async with open_shop(server, home, settings=patient) as opened:
        yield opened


async def by_phone(shop: Shop) -> str:
    """An order whose customer was sent a link, and does not pay unless told to; its key."""
    order = an_order(channel=Channel.PHONE)
    shop.script("payment", "declined", order.key, "capture", times=2)
    key = await shop.place(order)
    await shop.until_effect("payment", key, "capture")
    return key


def assert_paid_once(shop: Shop, key: str, requests: int = 1) -> None:
    assert len(shop.effects("payment", key, "capture")) == requests
    assert shop.duplicates(key) == []


async def test_a_request_made_again_takes_the_earlier_one_back(shop: Shop) -> None:
    key = await by_phone(shop)
    await shop.do(key, "Resolver pago", decision="Reintentar")
    await shop.until_effect("payment", key, "capture", 2)
    await shop.command("payment", confirm=[key])
    assert await shop.ended(key) == "CLOSED"
    assert_paid_once(shop, key, requests=2)


async def test_an_answer_that_the_form_does_not_know_is_refused_by_field(shop: Shop) -> None:
    key = await by_phone(shop)
    task = await shop.task(key, "Resolver pago")
    assert task["form_schema"]["title"] == "Resolver pago"
    place = f"/tasks/{task['instance']}/{task['wait']}/complete"
    for outputs in ({}, {"decision": "Reintentalo"}):
        status, said = await shop.status_of(place, {"person": "ana", "outputs": outputs})
        assert (status, said["flaws"][0]["field"]) == (422, "decision")
    await shop.do(key, "Resolver pago", decision="Anular", comment="el cliente desistió")
    assert await shop.ended(key) == "CANCELLED"


async def test_a_confirmation_while_the_agent_thinks_closes_the_task(shop: Shop) -> None:
    key = await by_phone(shop)
    await shop.task(key, "Resolver pago")
    await shop.command("payment", confirm=[key])
    assert await shop.ended(key) == "CLOSED"
    assert_paid_once(shop, key)


async def test_a_payment_whose_confirmation_is_lost_is_found_at_the_deadline(shop: Shop) -> None:
    key = await by_phone(shop)
    await shop.command("payment", silently=[key])
    assert await shop.ended(key) == "CLOSED"
    assert_paid_once(shop, key)


async def test_what_was_paid_before_the_agent_retried_is_not_asked_for_again(shop: Shop) -> None:
    key = await by_phone(shop)
    await shop.task(key, "Resolver pago")
    await shop.command("payment", silently=[key])
    await shop.do(key, "Resolver pago", decision="Reintentar")
    assert await shop.ended(key) == "CLOSED"
    assert_paid_once(shop, key)


async def test_a_cancelled_order_cannot_be_paid_any_more(shop: Shop) -> None:
    key = await by_phone(shop)
    await shop.do(key, "Resolver pago", decision="Anular")
    assert await shop.ended(key) == "CANCELLED"
    await shop.command("payment", confirm=[key])
    assert [e.operation for e in shop.effects("payment", key)] == ["capture", "refund"]
