"""Scenarios of the tax document (§8) where MTD issues natively, end to end to the simulated SII."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from msgspec.structs import replace

from mtd.core.orders.dimensions import PaymentState
from mtd.core.orders.purchase_order import BuyerDocument, DocumentKind, PurchaseOrder
from mtd.runtime.app import TENANT
from mtd.runtime.rehearsal.furnishing import furnish
from mtd.simulators.faults import Scripted
from tests.conftest import Server
from tests.core.orders.examples import ADDRESS
from tests.processes.premises import Neighbourhood
from tests.processes.shop import Shop, an_order, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")
WHOLE = 11_900
PARIS, CARTERS = "76111111-6", "76333333-7"
HEARD = {"MTD__LEGACY__SII__OPTIONS__PACE__REGISTER_S": "0.3"}
"""What buyers say is soon heard."""
LATE = HEARD | {
    "MTD__DURATIONS__CLAIMS_WINDOW": "PT2S",
    "MTD__CYCLES__RECONCILIATION": "0 5 29 2 *",
}
"""Time for credit notes before a sale closes; no reconciliation."""
COMPANY = BuyerDocument(
    kind=DocumentKind.INVOICE,
    tax_id="76111111-6",
    legal_name="Comercial Austral SpA",
    business_line="Restaurantes",
    address=ADDRESS,
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Shop]:
    """The first customer."""
    async with open_shop(server, tmp_path_factory.mktemp("native"), native=True) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fd(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Shop]:
    """The second customer."""
    home = tmp_path_factory.mktemp("fd")
    opening = open_shop(server, home, customer="fd_demo", settings=LATE, native=True)
    async with opening as opened:
        await opened.command("pos", open=True)
        yield opened


async def documents(shop: Shop, key: str) -> list[tuple[str, str, int, int]]:
    """Type, state, folio and total of each document of the order, as they were numbered."""
    order = (await shop.order(key))["id"]
    async with shop.app.store.door(TENANT) as connection:
        rows = await connection.fetch(
            "SELECT type_code, state, folio, total FROM tax_document WHERE instance_id = $1"
            " ORDER BY issued_at, type_code, folio",
            order,
        )
    return [(row[0], row[1], int(row[2]), int(row[3])) for row in rows]


async def standing(shop: Shop, key: str) -> list[tuple[str, str]]:
    """Type and state of each document of the order."""
    return sorted((code, state) for code, state, _, _ in await documents(shop, key))


def reject_next(shop: Shop, host: str = "sii_upload") -> None:
    """The authority rejects what comes next."""
    shop.legacy.stations[host].faults.script(Scripted(fault="rejected", operation="upload"))


def a_sale(**changes: Any) -> PurchaseOrder:
    """A sale of the second customer, paid before it came."""
    order = an_order(store="corporativo", **changes)
    paid = tuple(replace(one, state=PaymentState.CAPTURED) for one in order.payments)
    return replace(order, payments=paid)


def assert_told_once(shop: Shop, key: str, letter: str) -> None:
    """One letter with the document, and nothing twice; Paperless was asked for nothing."""
    assert shop.mails(key).count(letter) == 1
    assert shop.effects("paperless", key) == []
    assert shop.duplicates(key) == []


# ---- the first customer ----------------------------------------------------------------------


async def test_happy_ecommerce_boleta(shop: Shop) -> None:
    key = await shop.place(an_order())
    assert await shop.ended(key) == "CLOSED"
    assert await standing(shop, key) == [("39", "ACCEPTED")]
    assert_told_once(shop, key, "order_confirmation")


async def test_factura_with_rut(shop: Shop) -> None:
    key = await shop.place(an_order(buyer_document=COMPANY))
    assert await shop.ended(key) == "CLOSED"
    assert await standing(shop, key) == [("33", "ACCEPTED")]
    assert_told_once(shop, key, "order_confirmation")


async def test_dte_rejected_corrected_same_folio(shop: Shop) -> None:
    reject_next(shop)
    key = await shop.place(an_order())
    await shop.task(key, "Corregir datos tributarios")
    [(code, state, folio, _)] = await documents(shop, key)
    assert (code, state) == ("39", "REJECTED")
    await shop.do(key, "Corregir datos tributarios")
    assert await shop.ended(key) == "CLOSED"
    assert [(s, f) for _, s, f, _ in await documents(shop, key)] == [("ACCEPTED", folio)]
    assert shop.mails(key).count("order_incident") == 1
    assert_told_once(shop, key, "order_confirmation")


async def test_no_folio_load_caf(server: Server, shop: Shop) -> None:
    admin = await asyncpg.connect(server.admin(shop.app.store.dsn))
    for table in ("folio_block", "folio_range"):
        await admin.execute(f"DELETE FROM {table} WHERE issuer = $1 AND type_code = '39'", CARTERS)
    await admin.close()
    key = await shop.place(an_order(store="carters"))
    task = await shop.task(key, "Cargar folios (CAF)")
    assert (task["role"], await documents(shop, key)) == ("tax_clerk", [])
    # Whoever waits for folios goes on by itself when they are there.
    await furnish(shop.app, Neighbourhood(shop.legacy))
    assert await shop.ended(key) == "CLOSED"
    assert await standing(shop, key) == [("39", "ACCEPTED")]
    assert_told_once(shop, key, "order_confirmation")


async def test_cancel_after_dte_credit_note(shop: Shop) -> None:
    order = an_order()
    shop.silence("eom", order.key)
    key = await shop.place(order)
    await shop.until(key, "IN_FULFILLMENT")
    await shop.cancel(key)
    assert await shop.ended(key) == "CANCELLED"
    made = await documents(shop, key)
    assert [(code, total) for code, _, _, total in made] == [("39", WHOLE), ("61", WHOLE)]
    assert [e.operation for e in shop.effects("payment", key)] == ["capture", "refund"]
    assert shop.duplicates(key) == []


async def test_dte_down_2h_recovers(shop: Shop) -> None:
    """The document is stamped and kept; it leaves when the authority is back, once."""
    hosts = ("sii", "sii_upload", "sii_api")
    for host in hosts:
        shop.outage(host, 60)
    try:
        key = await shop.place(an_order())

        async def signed() -> bool:
            return ("39", "SIGNED") in await standing(shop, key)

        await shop.soon(signed, "signed", lambda: shop.told(key))
        await asyncio.sleep(1.0)
        assert (await shop.order(key))["state"] == "DTE_ISSUANCE"
        assert shop.mails(key) == []
    finally:
        for host in hosts:
            shop.outage(host, 0)
    assert await shop.ended(key) == "CLOSED"
    assert await standing(shop, key) == [("39", "ACCEPTED")]
    assert_told_once(shop, key, "order_confirmation")


# ---- the second customer ---------------------------------------------------------------------


async def test_happy_sale_of_the_second_customer(fd: Shop) -> None:
    key = await fd.place(a_sale())
    assert await fd.ended(key) == "CLOSED"
    assert await standing(fd, key) == [("39", "ACCEPTED"), ("52", "ACCEPTED")]
    assert len(fd.effects("pos", key, "post")) == 1
    assert_told_once(fd, key, "tax_document")


async def test_guide_blocked_without_document(fd: Shop) -> None:
    """The goods are ready, the boletas' hosts say nothing: no guide, and nothing leaves."""
    for host in ("sii_upload", "sii_api"):
        fd.outage(host, 60)
    try:
        key = await fd.place(a_sale())

        async def ready() -> bool:
            return await fd.variable(key, "shipment_ready") is True

        await fd.soon(ready, "ready", lambda: fd.told(key))
        await asyncio.sleep(1.0)
        assert [code for code, *_ in await documents(fd, key)] == ["39"]
        assert fd.effects("logistics", key, "guide") == []
    finally:
        for host in ("sii_upload", "sii_api"):
            fd.outage(host, 0)
    assert await fd.ended(key) == "CLOSED"
    assert await standing(fd, key) == [("39", "ACCEPTED"), ("52", "ACCEPTED")]
    assert_told_once(fd, key, "tax_document")


async def test_a_rejected_document_of_a_sale_is_corrected_under_its_folio(fd: Shop) -> None:
    reject_next(fd)
    sale = a_sale()
    digital = replace(sale, lines=tuple(replace(line, digital=True) for line in sale.lines))
    key = await fd.place(digital)
    await fd.task(key, "Corregir documento")
    [(_, rejected, folio, _)] = await documents(fd, key)
    assert rejected == "REJECTED"
    await fd.do(key, "Corregir documento")
    assert await fd.ended(key) == "CLOSED"
    assert [(s, f) for _, s, f, _ in await documents(fd, key)] == [("ACCEPTED", folio)]
    assert_told_once(fd, key, "tax_document")


async def test_credit_notes_take_turns_and_stay_below_the_document(fd: Shop) -> None:
    """Of 11,900: 5,000 and 4,000 are credited, 4,500 more would pass it, whatever comes first."""
    key = await fd.place(a_sale())
    await fd.until(key, "DELIVERED")
    amounts = (5_000, 4_000, 4_500)
    await asyncio.gather(
        *(
            fd.tell("CreditNoteRequested", key, lines=[{"line_no": 1, "amount": amount}])
            for amount in amounts
        )
    )
    assert await fd.ended(key) == "CLOSED"
    notes = notes_of(await documents(fd, key))
    assert len(notes) == len(fd.effects("pos", key, "return")) == 2
    assert sum(notes) in (8_500, 9_000, 9_500)
    assert fd.mails(key).count("credit_note") == 2
    assert fd.mails(key).count("credit_note_rejected") == 1


async def test_a_sale_is_cancelled_before_it_leaves(fd: Shop) -> None:
    sale = a_sale()
    fd.silence("logistics", sale.key)
    key = await fd.place(sale)
    await fd.until_effect("logistics", key, "prepare")
    await fd.until_effect("pos", key, "post")
    await fd.until_effect("mail", key, "send")
    await fd.cancel(key)
    assert await fd.ended(key) == "CANCELLED"
    assert notes_of(await documents(fd, key)) == [WHOLE]
    assert len(fd.effects("pos", key, "void")) == 1
    assert fd.mails(key)[-2:] == ["refund_notice", "order_cancelled"]
    assert fd.duplicates(key) == []


async def test_a_claimed_invoice_leads_to_the_tax_clerk_and_to_a_note(fd: Shop) -> None:
    """The buyer claims in the authority's register while the goods are still here."""
    sale = a_sale(buyer_document=COMPANY)
    fd.silence("logistics", sale.key)
    key = await fd.place(sale)
    await fd.until_effect("mail", key, "send")
    [(code, state, folio, _)] = await documents(fd, key)
    assert (code, state) == ("33", "ACCEPTED")
    said = {"issuer": PARIS, "code": code, "folio": folio, "event": "RFP"}
    await fd.command("sii_registry", **said)
    task = await fd.task(key, "Resolver reclamo")
    assert (task["role"], task["fields"]["code"]) == ("tax_clerk", "RFP")
    assert task["fields"]["folio"] == folio
    await fd.do(key, "Resolver reclamo", decision="Con nota", claim_amount=2_000)
    await fd.until_effect("pos", key, "return")
    fd.listen("logistics", key)
    await fd.tell("LogisticsEvent", await fd.variable(key, "shipment_id"), status="READY")
    assert await fd.ended(key) == "CLOSED"
    assert notes_of(await documents(fd, key)) == [2_000]
    assert fd.mails(key).count("credit_note") == 1
    assert_told_once(fd, key, "tax_document")


def notes_of(made: Sequence[tuple[str, str, int, int]]) -> list[int]:
    """The totals of the credit notes among these documents."""
    return [total for code, _, _, total in made if code == "61"]
