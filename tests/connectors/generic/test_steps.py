"""The steps of a drawing at a JSON provider: outputs and refusals as of every issuer."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from mtd.core.money import Currency
from mtd.core.orders.purchase_order import BuyerDocument, DocumentKind
from mtd.core.process.outcome import Answer, Done, Failed, Refused, Unknown
from tests.connectors.generic.talking import patience_s, talking
from tests.core.orders.examples import ADDRESS, plain_order

ORDER = plain_order(country="CO", currency=Currency.COP)
INVOICED = plain_order(
    country="CO",
    currency=Currency.COP,
    buyer_document=BuyerDocument(
        kind=DocumentKind.INVOICE,
        tax_id="900373115-1",
        legal_name="Comercio de los Andes S.A.S.",
        business_line="Comercio",
        address=ADDRESS,
    ),
)


def outputs(answer: Answer) -> dict[str, Any]:
    assert isinstance(answer, Done), answer
    return answer.outputs


async def test_a_sale_is_issued_followed_and_found() -> None:
    async with talking() as talk:
        got = outputs(await talk.step("issue", ORDER))
        assert got == {
            "track_id": "DOC-t-1",
            "folio": 1,
            "document_type": 20,
            "document_state": "SENT",
        }
        sent = msgspec.json.decode(talk.wire.exchanges[0].request.body, type=dict[str, Any])
        paid = sum(item["amount"] * item["price"] - item.get("rebate", 0) for item in sent["items"])
        assert Decimal(str(paid)) == ORDER.totals.grand_total
        later = outputs(await talk.step("status", ORDER, folio=1, track_id="DOC-t-1"))
        assert (later["document_state"], later["sii_code"]) == ("ACCEPTED", None)
        assert outputs(await talk.step("find", ORDER))["folio"] == 1
        assert outputs(await talk.step("find", INVOICED))["folio"] is None


async def test_an_invoice_is_of_its_own_type_and_names_its_buyer() -> None:
    async with talking() as talk:
        got = outputs(await talk.step("issue", INVOICED))
        assert (got["document_type"], got["folio"]) == (1, 1)
        sent = msgspec.json.decode(talk.wire.exchanges[0].request.body)
        # The evidence masks who it was.
        assert sent["customer"]["name"] == "***"


@pytest.mark.parametrize("fault", ["timeout_after", "lost_reply", "garbage"])
async def test_a_lost_answer_issues_nothing_twice(fault: str) -> None:
    async with talking(timeout_s=patience_s(fault)) as talk:
        await talk.befall(fault)
        assert isinstance(await talk.step("issue", ORDER), Unknown)
        assert outputs(await talk.step("issue", ORDER, sent_before=True))["folio"] == 1
        assert talk.issued() == 1


@pytest.mark.parametrize(("verdict", "cause"), [("invalid", "BUYER_DATA")])
async def test_a_refusal_has_the_cause_that_the_settings_give(verdict: str, cause: str) -> None:
    async with talking() as talk:
        await talk.befall(verdict)
        refused = await talk.step("issue", ORDER)
        assert isinstance(refused, Refused)
        assert (refused.code, refused.outputs) == (cause, {"cause": cause})


async def test_numbers_that_are_used_up_are_waited_for() -> None:
    async with talking() as talk:
        await talk.befall("no_numbers")
        assert isinstance(await talk.step("issue", ORDER), Failed)


async def test_a_rejected_sale_has_no_note() -> None:
    async with talking() as talk:
        await talk.befall("rejected")
        await talk.step("issue", ORDER)
        assert outputs(await talk.step("credit_note", ORDER, folio=1))["folio"] is None


async def test_a_note_takes_back_all_or_a_part() -> None:
    async with talking() as talk:
        await talk.step("issue", ORDER)
        assert outputs(await talk.step("credit_note", ORDER))["folio"] is None
        whole = outputs(await talk.step("credit_note", ORDER, folio=1))
        assert (whole["folio"], whole["document_type"]) == (1, 91)
        await talk.step("credit_note", ORDER, folio=1, reason="3", amount=1_000)
        sent = msgspec.json.decode(talk.wire.exchanges[-1].request.body)
        assert (sent["corrects"], sent["items"][0]["price"]) == ("TIQ1", 1_000)


async def test_what_stands_behind_an_error_is_asked() -> None:
    async with talking() as talk:
        absent = outputs(await talk.step("error_control", ORDER, error="TECHNICAL_FAILURE"))
        assert absent["cause"] == "ISSUER_DOWN"
        await talk.befall("lost_reply")
        await talk.step("issue", ORDER)
        there = outputs(await talk.step("error_control", ORDER, error="TECHNICAL_FAILURE"))
        assert (there["cause"], there["folio"]) == ("ISSUED", 1)
        await talk.befall("error")
        unknown = outputs(await talk.step("error_control", ORDER, error="X"))
        assert unknown["cause"] == "TIMEOUT_UNKNOWN"


async def test_a_kind_that_is_not_issued_there_says_so() -> None:
    async with talking() as talk:
        got = await talk.step("dispatch_guide", ORDER)
        assert isinstance(got, Failed)
        assert "kinds" in got.message


async def test_in_stages_it_is_planned_and_then_issued_in_sending() -> None:
    async with talking() as talk:
        planned = outputs(await talk.step("plan", ORDER, document_kind="RECEIPT"))
        assert planned == {"document_type": 20, "total": ORDER.totals.grand_total}
        assert outputs(await talk.step("number", ORDER)) == {"folio": None}
        assert outputs(await talk.step("build", ORDER)) == {}
        assert talk.issued() == 0
        assert outputs(await talk.step("send", ORDER))["folio"] == 1
        fetched = outputs(await talk.step("fetch", ORDER))
        url = "https://invoicer.example/DOC-t-1.pdf"
        assert fetched == {"document": None, "url": url, "xml_url": None}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"country": "AR"}, "COUNTRY_UNSUPPORTED"),
        ({"currency": Currency.USD}, "COUNTRY_UNSUPPORTED"),
    ],
)
async def test_a_country_that_nobody_knows_is_refused(changes: dict[str, Any], code: str) -> None:
    async with talking() as talk:
        order = msgspec.structs.replace(ORDER, **changes)
        refused = await talk.step("plan", order)
        assert isinstance(refused, Refused)
        assert refused.code == code


async def test_an_invoice_to_nobody_is_refused_before_anything_is_sent() -> None:
    async with talking() as talk:
        customer = msgspec.structs.replace(ORDER.customer, tax_id=None)
        order = msgspec.structs.replace(ORDER, customer=customer)
        refused = await talk.step("plan", order, document_kind="INVOICE")
        assert isinstance(refused, Refused)
        assert refused.code == "BUYER_DATA"
