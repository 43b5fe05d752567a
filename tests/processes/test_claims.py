"""An invoice that its buyer claims leads to the tax clerk, and the sale stays open until then."""

from typing import Any

import pytest

from tests.processes.deployed import flow
from tests.processes.world import World

SALE = {"store": "corporativo", "buyer_document": "INVOICE"}
CLOSING, SEEN_TO = "Esperar plazo de cierre", "Resolver reclamo"
CLAIM = ("BuyerClaimed", {"folio": 101, "code": "RFP", "description": "Faltan mercaderías"})


def sell(**script: Any) -> World:
    """One sale that is claimed while it waits for its closing, unless the script says when."""
    given: dict[str, Any] = {"intrusions": {CLOSING: CLAIM}, **script}
    return World(flow("digital_invoice_fd", "fd"), SALE, **given).run()


def notes(world: World) -> list[Any]:
    """The amounts of the credit notes that were sent."""
    made = [i for s, i in world.made if s == "tax.send" and i["document_kind"] == "CREDIT_NOTE"]
    return [one["amount"] for one in made]


def test_the_clerk_answers_a_claim_with_a_note_and_the_sale_closes() -> None:
    people = {SEEN_TO: [{"decision": "Con nota", "claim_amount": 5_000}]}
    world = sell(people=people)
    assert (SEEN_TO, "tax_clerk") in world.asked
    assert notes(world) == [5_000]
    assert world.mails[-2:] == ["refund_notice", "credit_note"]
    assert world.states[-1] == "CLOSED" and not world.instance.incidents


def test_a_note_without_an_amount_is_over_all_that_is_left_and_a_supervisors() -> None:
    people = {
        SEEN_TO: [{"decision": "Con nota"}],
        "Aprobar nota de crédito": [{"decision": "Sí"}],
    }
    world = sell(people=people)
    assert ("Aprobar nota de crédito", "supervisor") in world.asked
    assert notes(world) == [59_990]
    assert world.states[-1] == "CLOSED"


def test_a_claim_may_be_answered_without_a_note() -> None:
    world = sell(people={SEEN_TO: [{"decision": "Sin nota"}]})
    assert notes(world) == [] and world.states[-1] == "CLOSED"


def test_a_sale_does_not_close_over_an_open_claim_and_the_supervisor_hears_of_it() -> None:
    world = sell()
    assert world.resting() == {SEEN_TO, "Sin notas ni reclamos"}
    assert world.states[-1] == "DELIVERED"
    assert "Vence plazo del reclamo" in world.fired
    assert world.mails[-1] == "task_overdue"


def test_a_claim_that_is_answered_after_the_time_to_close_still_has_its_note() -> None:
    """The sale waits for nothing but the claim: its note must have a turn, whoever had one."""
    asked = ("CreditNoteRequested", {"lines": [{"line_no": 1, "amount": 2_000}]})
    open_ = sell(intrusions={"Esperar despacho": CLAIM, CLOSING: asked})
    assert open_.resting() == {SEEN_TO, "Sin notas ni reclamos"}
    people = {SEEN_TO: [{"decision": "Con nota", "claim_amount": 1_000}]}
    open_.people.update(people)
    world = open_.run()
    assert notes(world) == [2_000, 1_000] and world.sent == []
    assert world.states[-1] == "CLOSED"


def test_each_claim_is_answered_by_itself() -> None:
    again = ("BuyerClaimed", {"folio": 101, "code": "RCD", "description": "Otro precio"})
    answers = [
        {"decision": "Con nota", "claim_amount": 5_000},
        {"decision": "Con nota", "claim_amount": 4_000},
    ]
    world = sell(intrusions={CLOSING: CLAIM, SEEN_TO: again}, people={SEEN_TO: answers})
    assert notes(world) == [5_000, 4_000]
    assert world.states[-1] == "CLOSED"


@pytest.mark.parametrize("label", ["Esperar despacho", "Entregada"])
def test_a_claim_stops_nothing(label: str) -> None:
    world = sell(intrusions={label: CLAIM}, people={SEEN_TO: [{"decision": "Sin nota"}]})
    assert world.states[-1] == "CLOSED"
