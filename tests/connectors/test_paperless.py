"""The issuer without idempotency keys: one valid document per order, whatever happens."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from mtd.connectors.paperless.issuer import STATES
from mtd.core.orders.dimensions import TaxDocumentState
from mtd.core.orders.purchase_order import (
    BuyerDocument,
    DocumentKind,
    PurchaseOrder,
)
from mtd.core.process.outcome import Answer, Done, Failed, Refused, Unknown
from tests.connectors.conversation import Conversation, an_order, conversation
from tests.core.orders.examples import ADDRESS

FIRST = {"systems": {"paperless": {"options": {"first_folio": 101, "folios": 50}}}}
SLOW = {**FIRST, "time_scale": 1}


def invoiced(**changes: Any) -> PurchaseOrder:
    document = BuyerDocument(
        kind=DocumentKind.INVOICE,
        tax_id="76.111.111-6",
        legal_name="Comercial Peña & Hijos | Ltda.",
        business_line="Venta al por menor",
        address=ADDRESS,
    )
    return an_order(buyer_document=replace(document, **changes))


def outputs(answer: Answer) -> dict[str, Any]:
    assert isinstance(answer, Done), answer
    return answer.outputs


def issued(talk: Conversation) -> int:
    entries = talk.town.stations["paperless"].ledger.effects()
    return sum(entry.operation == "issue/sale" for entry in entries)


@pytest.mark.parametrize(
    ("order", "inputs", "kind"),
    [
        (an_order(), {}, 39),
        (an_order(), {"document_kind": "RECEIPT"}, 39),
        (invoiced(), {"document_kind": "INVOICE"}, 33),
        (invoiced(), {}, 33),
    ],
)
async def test_the_document_is_what_the_buyer_asked_for(
    order: PurchaseOrder, inputs: dict[str, Any], kind: int
) -> None:
    async with conversation(FIRST) as talk:
        got = outputs(await talk.call("paperless.issue", order, **inputs))
        assert (got["document_type"], got["folio"], got["document_state"]) == (kind, 101, "SENT")
        assert got["track_id"] == "TK-t-1"


async def test_goods_without_tax_get_the_exempt_document() -> None:
    order = an_order()
    totals = replace(order.totals, net=Decimal(0), tax=Decimal(0), exempt=order.totals.grand_total)
    async with conversation(FIRST) as talk:
        got = outputs(await talk.call("paperless.issue", replace(order, totals=totals)))
        assert got["document_type"] == 41


@pytest.mark.parametrize("fault", ["timeout_after", "lost_reply", "half_body", "error_after"])
async def test_a_document_issued_without_an_answer_is_found_and_not_issued_again(
    fault: str,
) -> None:
    async with conversation(FIRST) as talk:
        await talk.befall("paperless", fault)
        assert isinstance(await talk.call("paperless.issue"), Unknown)
        got = outputs(await talk.call("paperless.issue", sent_before=True))
        assert got["folio"] == 101 and got["track_id"] == "TK-t-1"
        assert issued(talk) == 1


async def test_what_was_never_issued_is_issued_after_asking() -> None:
    async with conversation(FIRST) as talk:
        await talk.befall("paperless", "error")
        assert isinstance(await talk.call("paperless.issue"), Unknown)
        assert outputs(await talk.call("paperless.issue", sent_before=True))["folio"] == 101
        assert issued(talk) == 1


async def test_nothing_is_issued_while_the_issuer_cannot_be_asked() -> None:
    async with conversation(FIRST) as talk:
        await talk.befall("paperless", "timeout_after", "error")
        assert isinstance(await talk.call("paperless.issue"), Unknown)
        assert isinstance(await talk.call("paperless.issue", sent_before=True), Failed)
        assert issued(talk) == 1


async def test_a_new_visit_of_the_step_asks_first_when_it_is_told_to() -> None:
    async with conversation(FIRST) as talk:
        await talk.call("paperless.issue", key="visit 1")
        got = outputs(await talk.call("paperless.issue", key="visit 2", ask_first=True))
        assert got["folio"] == 101 and issued(talk) == 1


async def test_another_orders_document_of_the_day_is_not_taken_for_ours() -> None:
    async with conversation(FIRST) as talk:
        await talk.call("paperless.issue", an_order(external_id="PW-1"))
        other = an_order(external_id="PW-10")
        assert outputs(await talk.call("paperless.find", other))["folio"] is None
        got = outputs(await talk.call("paperless.issue", other, sent_before=True))
        assert got["folio"] == 102


async def test_a_document_is_looked_for_on_every_day_since_the_order_was_placed() -> None:
    placed = datetime.now(UTC) - timedelta(days=3)
    async with conversation(FIRST) as talk:
        got = outputs(await talk.call("paperless.find", an_order(placed_at=placed)))
        assert got == {
            "track_id": None,
            "folio": None,
            "document_type": None,
            "document_state": None,
        }
        assert 3 <= len(talk.outcomes("paperless")) <= 5


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        ("no_folio", "NO_FOLIO"),
        ("schema", "SCHEMA"),
        ("signature", "SIGNATURE"),
        ("buyer_data", "BUYER_DATA"),
    ],
)
async def test_a_refusal_says_what_must_be_mended(verdict: str, code: str) -> None:
    async with conversation(FIRST) as talk:
        await talk.befall("paperless", verdict)
        answer = await talk.call("paperless.issue")
        assert isinstance(answer, Refused) and answer.code == code
        got = outputs(await talk.call("paperless.error_control", error=code))
        assert (got["cause"], got["folio"]) == (code, None)
        assert issued(talk) == 0


async def test_an_invoice_without_the_buyers_data_is_refused_by_the_issuer() -> None:
    async with conversation(FIRST) as talk:
        answer = await talk.call("paperless.issue", invoiced(tax_id="76.111.111-7"))
        assert isinstance(answer, Refused) and answer.code == "BUYER_DATA"


async def test_wrong_credentials_are_a_technical_failure() -> None:
    options = {**FIRST["systems"]["paperless"]["options"], "login": "mtd", "password": "other"}
    async with conversation({"systems": {"paperless": {"options": options}}}) as talk:
        answer = await talk.call("paperless.issue")
        assert isinstance(answer, Failed) and "ACCESS" in answer.message


async def test_a_rejected_document_is_issued_again_under_its_own_folio() -> None:
    async with conversation(FIRST) as talk:
        await talk.befall("paperless", "rejected")
        assert outputs(await talk.call("paperless.issue", key="v1"))["folio"] == 101
        status = outputs(await talk.call("paperless.status", folio=101))
        assert status["document_state"] == "REJECTED"
        control = outputs(
            await talk.call("paperless.error_control", error="DTE_REJECTED", folio=101)
        )
        assert (control["cause"], control["track_id"], control["folio"]) == ("REJECTED", None, 101)
        again = outputs(await talk.call("paperless.issue", key="v2", folio=101))
        assert again["folio"] == 101 and again["track_id"] == "TK-t-2"
        status = outputs(await talk.call("paperless.status", folio=101))
        assert (status["document_state"], status["track_id"]) == ("ACCEPTED", "TK-t-2")
        assert talk.town.stations["paperless"].ledger.duplicates == []


async def test_a_rejected_document_that_is_found_by_asking_keeps_its_folio_too() -> None:
    async with conversation(FIRST) as talk:
        await talk.befall("paperless", "rejected")
        await talk.call("paperless.issue", key="v1")
        again = outputs(await talk.call("paperless.issue", key="v2", ask_first=True))
        assert (again["folio"], again["track_id"]) == (101, "TK-t-2")
        found = outputs(await talk.call("paperless.find"))
        assert (found["track_id"], found["document_state"]) == ("TK-t-2", "ACCEPTED")


async def test_a_processed_envelope_is_not_an_accepted_document() -> None:
    async with conversation(FIRST) as talk:
        said: list[dict[str, Any]] = []
        for n in range(8):
            order = an_order(external_id=f"PW-{n}")
            await talk.befall("paperless", "rejected")
            folio = outputs(await talk.call("paperless.issue", order))["folio"]
            said.append(outputs(await talk.call("paperless.status", order, folio=folio)))
        assert {each["document_state"] for each in said} == {"REJECTED"}
        assert "EPR" in {each["sii_code"] for each in said}
        await talk.befall("paperless", "objected")
        folio = outputs(await talk.call("paperless.issue"))["folio"]
        objected = outputs(await talk.call("paperless.status", folio=folio))
        assert objected["document_state"] == "ACCEPTED_WITH_OBJECTIONS"


async def test_a_link_to_another_host_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with conversation(FIRST) as talk:
        await talk.call("paperless.issue")
        monkeypatch.setattr("mtd.simulators.paperless.DOCUMENTS", "http://127.0.0.1:9/")
        answer, wire = await talk.wired("paperless.fetch", folio=101)
        assert isinstance(answer, Failed) and "another host" in answer.message
        assert len(wire.exchanges) == 1


async def test_error_control_finds_what_the_timeout_hid() -> None:
    async with conversation(FIRST) as talk:
        await talk.befall("paperless", "timeout_after")
        await talk.call("paperless.issue")
        got = outputs(await talk.call("paperless.error_control", error="LEGACY_UNAVAILABLE"))
        assert (got["cause"], got["folio"], got["document_state"]) == ("ISSUED", 101, "ACCEPTED")


async def test_error_control_answers_while_the_issuer_is_down() -> None:
    async with conversation(FIRST) as talk:
        nothing = outputs(await talk.call("paperless.error_control", error="LEGACY_UNAVAILABLE"))
        assert nothing["cause"] == "ISSUER_DOWN"
        await talk.control("paperless", outage={"seconds": 60})
        got = outputs(await talk.call("paperless.error_control", error="LEGACY_UNAVAILABLE"))
        assert (got["cause"], got["folio"]) == ("TIMEOUT_UNKNOWN", None)


async def test_pdf_and_xml_are_fetched_hashed_and_kept() -> None:
    async with conversation(FIRST) as talk:
        await talk.call("paperless.issue", invoiced())
        answer, wire = await talk.wired("paperless.fetch", invoiced(), folio=101)
        got = outputs(answer)
        assert got["url"].startswith("http://127.0.0.1:") and got["url"].endswith(".pdf")
        pdf, xml = wire.kept
        assert pdf.content.startswith(b"%PDF") and xml.content.startswith(b"<?xml")
        assert (pdf.name, xml.media_type) == ("33-101.pdf", "application/xml")
        assert b"Comercial Pe" in xml.content


async def test_a_document_under_way_is_sent_until_the_authority_decides() -> None:
    async with conversation(SLOW) as talk:
        await talk.call("paperless.issue")
        got = outputs(await talk.call("paperless.status", folio=101))
        assert (got["document_state"], got["sii_code"]) == ("SENT", "REC")


async def test_a_credit_note_annuls_a_living_document_and_nothing_else() -> None:
    async with conversation(FIRST) as talk:
        await talk.call("paperless.issue")
        got = outputs(await talk.call("paperless.credit_note", key="c1", folio=101, reason="1"))
        assert (got["document_type"], got["folio"]) == (61, 101)
        again = await talk.call("paperless.credit_note", key="c1", sent_before=True, folio=101)
        assert outputs(again)["folio"] == 101
        counters = talk.town.stations["paperless"].ledger.counters
        assert counters["issue/credit_note"] == {"applied": 1}


async def test_a_second_note_that_nobody_answered_for_is_not_taken_for_the_first() -> None:
    """Whichever was issued: the one that is there is found, and what is not there is issued."""
    part: dict[str, Any] = {"folio": 101, "reason": "3", "amount": 5_000}
    async with conversation(FIRST) as talk:
        await talk.call("paperless.issue")
        first = outputs(await talk.call("paperless.credit_note", key="c1", **part))["folio"]
        others: dict[str, Any] = {**part, "besides": [first]}
        await talk.befall("paperless", "none", "lost_reply")
        lost = await talk.call("paperless.credit_note", key="c2", **others)
        assert isinstance(lost, Unknown)
        again = await talk.call("paperless.credit_note", key="c2", sent_before=True, **others)
        second = outputs(again)["folio"]
        assert second not in (None, first)
        others["besides"] = [first, second]
        third = await talk.call("paperless.credit_note", key="c3", sent_before=True, **others)
        assert outputs(third)["folio"] not in (None, first, second)
        counters = talk.town.stations["paperless"].ledger.counters
        assert counters["issue/credit_note"] == {"applied": 3}


async def test_a_rejected_document_is_not_corrected_by_a_note() -> None:
    async with conversation(FIRST) as talk:
        await talk.befall("paperless", "rejected")
        await talk.call("paperless.issue")
        assert outputs(await talk.call("paperless.credit_note", folio=101))["folio"] is None


async def test_the_guide_has_its_own_folio_and_is_asked_after_too() -> None:
    async with conversation(FIRST) as talk:
        await talk.befall("paperless", "timeout_after")
        assert isinstance(await talk.call("paperless.dispatch_guide"), Unknown)
        got = outputs(await talk.call("paperless.dispatch_guide", sent_before=True))
        assert (got["document_type"], got["folio"]) == (52, 101)
        assert talk.town.stations["paperless"].ledger.duplicates == []


def test_every_code_leads_to_a_state_of_ours() -> None:
    assert set(STATES.values()) <= set(TaxDocumentState)
