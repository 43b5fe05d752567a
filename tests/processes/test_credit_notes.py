"""Credit notes on a sale (D20): limits, approval, and never more than the document."""

from typing import Any

from tests.processes.test_digital_invoice_fd import People, closed, sell
from tests.processes.world import ORDER, World

DIGITAL = {"has_physical_goods": False}
CLOSING = "Esperar plazo de cierre"


def of(amount: int) -> dict[str, Any]:
    """A request for so much of one line; without lines, it would be of the whole document."""
    return {"document": 101, "lines": [{"line_no": 1, "amount": amount}], "reason": "PRICE"}


def noted(*intrusions: tuple[str, dict[str, Any]], **script: Any) -> World:
    """A sale of which notes are asked for, each while a token rests at a label."""
    asked = {label: ("CreditNoteRequested", payload) for label, payload in intrusions}
    return closed(sell(DIGITAL, intrusions=asked, **script))


def credited(world: World) -> list[int]:
    """The amounts of the notes that were sent to the issuer."""
    return [
        inputs["amount"]
        for service, inputs in world.made
        if service == "tax.send" and inputs["document_kind"] == "CREDIT_NOTE"
    ]


def test_a_small_part_is_credited_by_itself() -> None:
    lines = [{"line_no": 1, "amount": 5_000}, {"line_no": 2, "amount": 1_000}]
    world = noted((CLOSING, {"document": 101, "lines": lines, "reason": "PRICE"}))
    assert credited(world) == [6_000]
    [returned] = [inputs for service, inputs in world.made if service == "pos.post_return"]
    assert returned["amount"] == 6_000
    assert world.mails[-2:] == ["refund_notice", "credit_note"]
    assert "Aprobar nota de crédito" not in [name for name, _ in world.asked]


def test_more_than_the_document_another_ones_or_nothing_is_refused() -> None:
    for payload in (of(59_991), of(0), {**of(10), "document": 7}):
        world = noted((CLOSING, payload))
        assert credited(world) == []
        assert world.mails[-1] == "credit_note_rejected"


def test_above_the_limit_a_supervisor_decides() -> None:
    whole: tuple[str, dict[str, Any]] = (CLOSING, {})
    world = noted(whole, people={"Aprobar nota de crédito": [{"decision": "Sí"}]})
    assert ("Aprobar nota de crédito", "supervisor") in world.asked
    [note] = [i for s, i in world.made if s == "tax.send" and i["corrected_folio"]]
    assert (note["reason"], note["amount"]) == ("1", ORDER["amount"])
    world = noted(whole, people={"Aprobar nota de crédito": [{"decision": "No"}]})
    assert credited(world) == []
    assert world.mails[-1] == "credit_note_rejected"


def test_requests_for_one_document_take_turns_and_their_sum_stays_below_it() -> None:
    """The second comes while the first is with the supervisor, the third while the second is."""
    asks = (
        (CLOSING, of(40_000)),
        ("Aprobar nota de crédito", of(30_000)),
    )
    world = noted(*asks, people={"Aprobar nota de crédito": [{"decision": "Sí"}]})
    assert credited(world) == [40_000], "30,000 more would pass 59,990"
    assert world.mails[-1] == "credit_note_rejected"
    asks = (asks[0], ("Aprobar nota de crédito", of(19_990)))
    world = noted(*asks, people={"Aprobar nota de crédito": [{"decision": "Sí"}]})
    assert credited(world) == [40_000, 19_990]
    assert sum(credited(world)) == ORDER["amount"]
    notes = [i["reason"] for s, i in world.made if s == "tax.send" and i["corrected_folio"]]
    assert notes == ["3", "3"]


def test_a_note_that_is_not_issued_is_tried_again_or_given_up_and_the_turn_passed() -> None:
    states = [{"document_state": "ACCEPTED"}, *[{"document_state": "REJECTED"}] * 4]
    give_up: People = {
        "Corregir documento": [{}, {}, {}],
        "Resolver nota de crédito": [{"decision": "Desistir"}],
    }
    world = noted(
        (CLOSING, of(1_000)),
        ("Resolver nota de crédito", of(2_000)),
        people=give_up,
        messages={"DteStatusChanged": states},
    )
    assert credited(world) == [1_000] * 4 + [2_000]
    assert [i["amount"] for s, i in world.made if s == "pos.post_return"] == [2_000]


def test_what_an_annulled_note_took_may_be_credited_again() -> None:
    claim = {"folio": 101, "code": "RCD", "description": "Otro precio"}
    script = {
        "Esperar despacho": ("CreditNoteRequested", of(5_000)),
        CLOSING: ("BuyerClaimed", claim),
        "Resolver reclamo": ("CreditNoteAnnulled", {"folio": 7, "annulled": 5_000}),
    }
    people: People = {
        "Resolver reclamo": [{"decision": "Con nota"}],
        "Aprobar nota de crédito": [{"decision": "Sí"}],
    }
    soon: Any = {"DteStatusChanged": [{"document_state": "ACCEPTED"}] * 4}
    world = closed(sell(intrusions=script, people=people, messages=soon))
    assert credited(world) == [5_000, ORDER["amount"]]
    [*_, note] = [i for s, i in world.made if s == "tax.send" and i["corrected_folio"]]
    assert note["reason"] == "1", "all of the document again"
