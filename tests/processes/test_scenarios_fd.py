"""Acceptance scenarios of the second customer (reference processes §8), end to end."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from msgspec.structs import replace

from mtd.core.orders.dimensions import PaymentState
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.runtime.clock import elapsed_s
from tests.conftest import Server
from tests.processes.shop import Shop, an_order, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")
SANTIAGO = ZoneInfo("America/Santiago")
NEVER = "0 5 29 2 *"
"""The reconciliation of a module that is about something else."""
ANSWERED_MAX_S = 0.2
"""D01: a sale is accepted and has its id within this time."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Shop]:
    home = tmp_path_factory.mktemp("fd")
    patient = {"MTD__DURATIONS__CLAIMS_WINDOW": "PT2S", "MTD__CYCLES__RECONCILIATION": NEVER}
    async with open_shop(server, home, customer="fd_demo", settings=patient) as opened:
        await opened.command("pos", open=True)
        yield opened


def a_sale(**changes: Any) -> PurchaseOrder:
    """A sale that was paid before it came."""
    order = an_order(store="corporativo", **changes)
    return replace(
        order, payments=tuple(replace(p, state=PaymentState.CAPTURED) for p in order.payments)
    )


def assert_once(shop: Shop, key: str, *, guide: bool = True) -> None:
    """One document, one sale in the POS, one letter, one guide; nothing twice."""
    assert len(shop.effects("paperless", key, "issue/sale")) == 1
    assert len(shop.effects("paperless", key, "issue/guide")) == int(guide)
    assert len(shop.effects("pos", key, "post")) == 1
    assert shop.mails(key).count("tax_document") == 1
    assert shop.duplicates(key) == []


async def test_happy_sale_of_the_second_customer(shop: Shop) -> None:
    took_s: list[float] = []
    keys: list[str] = []
    for _ in range(3):
        began_s = elapsed_s()
        keys.append(await shop.place(a_sale()))
        took_s.append(elapsed_s() - began_s)
    assert min(took_s) < ANSWERED_MAX_S
    for key in keys:
        assert await shop.ended(key) == "CLOSED"
        assert_once(shop, key)
        assert sorted(shop.mails(key)) == ["dispatched", "tax_document"]


async def test_digital_goods_of_the_second_customer(shop: Shop) -> None:
    sale = a_sale()
    digital = tuple(replace(line, digital=True) for line in sale.lines)
    key = await shop.place(replace(sale, lines=digital))
    assert await shop.ended(key) == "CLOSED"
    assert_once(shop, key, guide=False)
    assert shop.effects("logistics", key) == []


async def test_pos_closed_at_night(shop: Shop) -> None:
    """Nothing is posted before the POS opens, while document and dispatch go on."""
    now = datetime.now(SANTIAGO)
    opens = (now + timedelta(seconds=4)).replace(microsecond=0)
    hours = [(now - timedelta(hours=1)).time().isoformat(), opens.time().isoformat()]
    await shop.command("pos", hours=hours, open=None)
    try:
        key = await shop.place(a_sale())
        await shop.until_effect("logistics", key, "guide")
        assert shop.effects("pos", key) == []
        [posted] = await shop.until_effect("pos", key, "post")
        assert posted.at >= opens.timestamp()
        tried = [e for e in shop.legacy.stations["pos"].ledger.entries if e.order == key]
        assert [e.status for e in tried if e.operation == "post"] == [409, 200]
        assert await shop.ended(key) == "CLOSED"
        assert_once(shop, key)
    finally:
        await shop.command("pos", open=True)


async def test_pos_rejected_is_corrected(shop: Shop) -> None:
    sale = a_sale()
    shop.script("pos", "rejected", sale.key, "post")
    key = await shop.place(sale)
    await shop.do(key, "Corregir venta POS", decision="Enviar de nuevo")
    assert await shop.ended(key) == "CLOSED"
    assert_once(shop, key)


async def test_pos_forgets_a_sale_and_it_is_posted_again_once(shop: Shop) -> None:
    sale = a_sale()
    shop.script("pos", "forgotten", sale.key, "post")
    key = await shop.place(sale)
    assert await shop.ended(key) == "CLOSED"
    assert_once(shop, key)
    tried = [e for e in shop.legacy.stations["pos"].ledger.entries if e.order == key]
    assert [e.operation for e in tried] == ["post", "query", "post"]


async def test_pos_says_nothing_but_has_the_sale(shop: Shop) -> None:
    sale = a_sale()
    shop.silence("pos", sale.key)
    key = await shop.place(sale)
    assert await shop.ended(key) == "CLOSED"
    assert_once(shop, key)


async def test_guide_blocked_without_document(shop: Shop) -> None:
    """The goods are ready, the authority says nothing: no guide, and nothing leaves."""
    await shop.command("paperless", authority_down=True)
    try:
        key = await shop.place(a_sale())
        await shop.until_effect("logistics", key, "prepare")
        await shop.until_effect("paperless", key, "issue/sale")
        await asyncio.sleep(1.5)
        assert await shop.variable(key, "shipment_ready") is True
        assert shop.effects("paperless", key, "issue/guide") == []
        assert shop.effects("logistics", key, "guide") == []
    finally:
        await shop.command("paperless", authority_down=False)
    assert await shop.ended(key) == "CLOSED"
    assert_once(shop, key)


async def test_a_sale_is_cancelled_before_it_leaves(shop: Shop) -> None:
    sale = a_sale()
    shop.silence("logistics", sale.key)
    key = await shop.place(sale)
    await shop.until_effect("logistics", key, "prepare")
    await shop.until_effect("pos", key, "post")
    await shop.until_effect("mail", key, "send")
    await shop.cancel(key)
    assert await shop.ended(key) == "CANCELLED"
    assert len(shop.effects("pos", key, "void")) == 1
    assert len(shop.effects("logistics", key, "cancel")) == 1
    assert len(shop.effects("paperless", key, "issue/credit_note")) == 1
    assert shop.mails(key)[-2:] == ["refund_notice", "order_cancelled"]
    assert shop.duplicates(key) == []


async def test_credit_notes_at_once_take_turns_and_stay_below_the_document(shop: Shop) -> None:
    """Of 11,900: 5,000 and 4,000 are credited, 4,500 more would pass it, whatever comes first."""
    key = await shop.place(a_sale())
    await shop.until(key, "DELIVERED")
    amounts = (5_000, 4_000, 4_500)
    await asyncio.gather(
        *(
            shop.tell("CreditNoteRequested", key, lines=[{"line_no": 1, "amount": amount}])
            for amount in amounts
        )
    )
    assert await shop.ended(key) == "CLOSED"
    notes = shop.effects("paperless", key, "issue/credit_note")
    back = shop.effects("pos", key, "return")
    assert len(notes) == len(back) == 2
    credited = await shop.variable(key, "credited_amount")
    assert Decimal(str(credited)) in (Decimal(9_000), Decimal(9_500), Decimal(8_500))
    mails = shop.mails(key)
    assert mails.count("credit_note") == mails.count("refund_notice") == 2
    assert mails.count("credit_note_rejected") == 1


async def test_a_note_above_the_limit_waits_for_the_supervisor(shop: Shop) -> None:
    key = await shop.place(a_sale())
    await shop.until(key, "DELIVERED")
    await shop.tell("CreditNoteRequested", key, reason="PRICE")
    await shop.do(key, "Aprobar nota de crédito", decision="Sí")
    assert await shop.ended(key) == "CLOSED"
    [note] = shop.effects("paperless", key, "issue/credit_note")
    assert note.outcome == "applied"
    assert shop.mails(key)[-2:] == ["refund_notice", "credit_note"]


async def test_a_country_that_is_not_supported_is_turned_away(shop: Shop) -> None:
    key = await shop.place(replace(a_sale(), country="AR"))
    assert await shop.ended(key) == "CANCELLED"
    assert len(shop.effects("salessupport", key, "open_case")) == 1
    assert shop.effects("paperless", key) == shop.effects("pos", key) == []
