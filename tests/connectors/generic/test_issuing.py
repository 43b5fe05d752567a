"""A provider that only its settings describe: what is sent, what answers mean, and once only."""

from decimal import Decimal

import msgspec
import pytest

from mtd.connectors.generic.issuing import SETTINGS, TOTAL_DIFFERS, request_total
from mtd.core.tax.issuing import FiscalNumber, Known, OutcomeState, Submission, SubmissionState
from mtd.core.tax.request import Allowance, Correction, FiscalKind, Reference, RequestLine
from tests.connectors.generic.talking import (
    BUYER,
    FIRST,
    PROVIDER,
    TOTAL,
    patience_s,
    talking,
    wanted,
)


async def test_what_is_sent_is_what_the_settings_say() -> None:
    async with talking() as talk:
        got = await talk.issue()
        assert got.number == FIRST
        assert got.submission == Submission(
            state=SubmissionState.PENDING, reference="DOC-t-1", codes=(), message=""
        )
        assert got.verification == f"NumFac=TIQ1&ValTol={TOTAL}"
        sent = msgspec.json.decode(talk.wire.exchanges[0].request.body)
        assert sent == {
            "kind": "POS",
            "external_reference": "CO-1",
            "currency": "COP",
            "items": [
                {
                    "concept": "Camisa",
                    "amount": 2,
                    "price": 59900.5,
                    "taxable": True,
                    "rebate": 1000.5,
                },
                {"concept": "Libro", "amount": 1, "price": 30000, "taxable": False},
            ],
        }


async def test_the_authority_s_answer_is_found_later() -> None:
    async with talking() as talk:
        await talk.issue()
        known, issued = await talk.find()
        assert known is Known.FOUND
        assert issued is not None and issued.outcome is not None
        assert (issued.number, issued.outcome.state) == (FIRST, OutcomeState.ACCEPTED)
        assert await talk.find(wanted("CO-2")) == (Known.NOT_FOUND, None)


@pytest.mark.parametrize(
    ("verdict", "state", "codes"),
    [
        ("rejected", OutcomeState.REJECTED, ()),
        ("remarked", OutcomeState.ACCEPTED_WITH_OBJECTIONS, ("FAJ44b",)),
    ],
)
async def test_the_status_map_is_a_setting(
    verdict: str, state: OutcomeState, codes: tuple[str, ...]
) -> None:
    async with talking() as talk:
        await talk.befall(verdict)
        await talk.issue()
        _, issued = await talk.find()
        assert issued is not None and issued.outcome is not None
        assert (issued.outcome.state, issued.outcome.codes) == (state, codes)


@pytest.mark.parametrize(
    ("verdict", "state", "codes", "fixable"),
    [
        ("invalid", SubmissionState.REJECTED, ("FAD09",), True),
        ("no_numbers", SubmissionState.NOT_SENT, ("RANGE",), None),
    ],
)
async def test_a_refusal_says_whether_it_is_to_be_sent_again(
    verdict: str, state: SubmissionState, codes: tuple[str, ...], fixable: bool | None
) -> None:
    async with talking() as talk:
        await talk.befall(verdict)
        got = await talk.issue()
        assert (got.submission.state, got.submission.codes) == (state, codes)
        assert (got.outcome.fixable if got.outcome else None) is fixable
        assert talk.issued() == 0


AFTER = ["timeout_after", "lost_reply", "half_body", "garbage", "error_after"]


@pytest.mark.parametrize("fault", AFTER)
async def test_who_may_have_issued_asks_first(fault: str) -> None:
    async with talking(timeout_s=patience_s(fault)) as talk:
        await talk.befall(fault)
        assert (await talk.issue()).submission.state is SubmissionState.UNKNOWN
        again = await talk.issue(sent_before=True)
        assert again.number == FIRST
        assert talk.issued() == 1


@pytest.mark.parametrize("fault", AFTER)
async def test_where_keys_are_honoured_the_same_is_sent_again(fault: str) -> None:
    async with talking(
        {"honours_keys": True}, patience_s(fault), honours_keys=True, find=None
    ) as talk:
        await talk.befall(fault)
        assert (await talk.issue()).submission.state is SubmissionState.UNKNOWN
        assert (await talk.issue(sent_before=True)).number == FIRST
        assert talk.issued() == 1


async def test_while_it_cannot_be_asked_nothing_is_sent() -> None:
    async with talking() as talk:
        await talk.befall("lost_reply", "error")
        await talk.issue()
        again = await talk.issue(sent_before=True)
        assert again.submission.state is SubmissionState.UNKNOWN
        assert talk.issued() == 1


async def test_what_never_arrived_is_issued_after_asking() -> None:
    async with talking() as talk:
        await talk.befall("reset")
        assert (await talk.issue()).submission.state is SubmissionState.UNKNOWN
        assert (await talk.issue(sent_before=True)).number == FIRST
        assert talk.issued() == 1


async def test_another_total_is_an_objection() -> None:
    async with talking() as talk:
        await talk.befall("wrong_total")
        assert (await talk.issue()).submission.codes == (TOTAL_DIFFERS,)
        _, issued = await talk.find()
        assert issued is not None and issued.outcome is not None
        assert issued.outcome.state is OutcomeState.ACCEPTED_WITH_OBJECTIONS


async def test_a_note_names_what_it_corrects() -> None:
    reference = Reference(type_code="POS", number="TIQ1", correction=Correction.ANNULS)
    note = wanted(kind=FiscalKind.CREDIT_NOTE, references=(reference,))
    async with talking() as talk:
        lost = await talk.issue(note)
        assert lost.submission.codes == ("CBG03",)
        await talk.issue()
        assert (await talk.issue(note)).number == FiscalNumber("DIAN", "NCE", 1)


async def test_an_invoice_names_its_buyer() -> None:
    async with talking() as talk:
        bare = await talk.issue(wanted(kind=FiscalKind.INVOICE))
        assert bare.submission.codes == ("FAK61",)
        got = await talk.issue(wanted(kind=FiscalKind.INVOICE, buyer=BUYER))
        assert got.number == FiscalNumber("DIAN", "SETP", 1)


async def test_an_expression_that_gives_nothing_sends_nothing() -> None:
    changed = {**PROVIDER["options"]["issue"], "body": "request.order"}
    async with talking(issue=changed) as talk:
        got = await talk.issue()
        assert (got.submission.state, got.submission.codes) == (
            SubmissionState.REJECTED,
            (SETTINGS,),
        )
        assert talk.wire.exchanges == []


async def test_an_answer_without_a_rule_is_in_doubt() -> None:
    rules = [{"when": "status = 204", "state": "accepted"}]
    async with talking(issue={**PROVIDER["options"]["issue"], "answers": rules}) as talk:
        assert (await talk.issue()).submission.state is SubmissionState.UNKNOWN


def test_the_total_asked_for_is_exact() -> None:
    assert request_total(wanted()) == TOTAL
    ten = (Allowance(percent=Decimal(10)),)
    lower = wanted(allowances=ten)
    assert request_total(lower) == TOTAL - Decimal("11880.05")
    net = RequestLine(description="x", unit_price=Decimal(1))
    assert request_total(wanted(lines=(net,))) is None
