"""A retail order whose invoice is claimed: the tax clerk answers, and it stays open until then."""

from typing import Any

import pytest

from mtd.core.process.outcome import Done
from tests.processes.paths import DELIVERED, assert_ended, drive
from tests.processes.world import World

CLOSING, OPEN = "Esperar plazo de cierre", "Sin devoluciones ni reclamos"
GUARANTEE, OVER = "Garantía legal", "Vence la garantía legal"
SEEN_TO = "Resolver reclamo"
CLAIM = ("BuyerClaimed", {"folio": 101, "code": "RFP", "description": "Faltan mercaderías"})
RETURN = ("ReturnRequested", {"return_id": "R-1", "reason": "WITHDRAWAL"})
AMOUNT = 59_990


def claimed(*decisions: dict[str, Any], at: str = CLOSING, **script: Any) -> World:
    """An order of an invoice that is claimed once, and what the clerk decides."""
    given: dict[str, Any] = {"intrusions": {at: CLAIM}, **script}
    people = {SEEN_TO: list(decisions), **given.pop("people", {})}
    return drive({"buyer_document": "INVOICE"}, people=people, **given)


def notes(world: World) -> list[tuple[Any, Any]]:
    """Reason and amount of the credit notes that were asked for."""
    return [(i["reason"], i.get("amount")) for s, i in world.made if s == "tax.credit_note"]


def refunds(world: World) -> list[Any]:
    return [i.get("amount") for s, i in world.made if s == "payment.refund"]


def test_a_claim_is_answered_with_a_note_and_the_money_goes_back() -> None:
    world = claimed({"decision": "Con nota", "claim_amount": 5_000})
    assert_ended(world, DELIVERED)
    assert world.asked == [(SEEN_TO, "tax_clerk")]
    assert (notes(world), refunds(world)) == ([("3", 5_000)], [5_000])
    assert world.mails[-1] == "credit_note"


def test_a_note_without_an_amount_is_over_all_that_is_left() -> None:
    world = claimed({"decision": "Con nota"})
    assert world.states == DELIVERED and not world.instance.incidents
    assert (notes(world), refunds(world)) == ([("1", AMOUNT)], [AMOUNT])
    assert OVER not in world.fired, "nothing is left to be given back"


def test_a_claim_may_be_answered_without_a_note() -> None:
    world = claimed({"decision": "Sin nota"})
    assert_ended(world, DELIVERED)
    assert (notes(world), refunds(world)) == ([], [])


@pytest.mark.parametrize("amount", [900, None])
def test_a_note_never_exceeds_what_returns_left(amount: int | None) -> None:
    """What a return credited is gone; the clerk is asked again."""
    first = {"decision": "Con nota", "claim_amount": AMOUNT - 999}
    world = claimed(
        first,
        {"decision": "Con nota", **({} if amount is None else {"claim_amount": amount})},
        intrusions={CLOSING: RETURN, GUARANTEE: CLAIM},
        messages={"GoodsReceived": [{}]},
        people={"Inspeccionar devolución": [{"decision": "Acoger una parte", "amount": 9_990}]},
    )  # fmt: skip
    left = AMOUNT - 9_990 if amount is None else amount
    assert notes(world) == [(3, 9_990), ("3", left)]
    assert refunds(world) == [9_990, left]
    assert world.asked.count((SEEN_TO, "tax_clerk")) == 2


@pytest.mark.parametrize(
    ("annulled", "left"), [(AMOUNT - 999, AMOUNT), (AMOUNT - 1_999, AMOUNT - 1_000)]
)
def test_what_an_annulled_note_took_may_be_credited_again(annulled: int, left: int) -> None:
    """A debit note annulled one of the notes, or one of two: the next is over what is left then."""
    world = claimed(
        {"decision": "Con nota", "claim_amount": AMOUNT - 999},
        {"decision": "Con nota"},
        intrusions={
            "Esperar despacho": CLAIM,
            "Esperar entrega": ("CreditNoteAnnulled", {"folio": 7, "annulled": annulled}),
            GUARANTEE: CLAIM,
        },
    )
    assert_ended(world, DELIVERED)
    assert [amount for _, amount in notes(world)] == [AMOUNT - 999, left]


def test_an_order_does_not_close_over_an_open_claim_and_the_supervisor_hears_of_it() -> None:
    world = claimed()
    assert world.resting() == {SEEN_TO, OPEN}
    assert world.states[-1] == "DELIVERED"
    assert "Vence plazo del reclamo" in world.fired
    assert world.mails[-1] == "task_overdue"


def test_nothing_is_refunded_for_a_note_that_was_not_issued() -> None:
    """The document does not count, so that nothing is to be credited: the clerk is asked again."""
    answers = {"tax.credit_note": [Done({"folio": None})]}
    world = claimed(
        {"decision": "Con nota", "claim_amount": 5_000}, {"decision": "Sin nota"}, calls=answers
    )
    assert_ended(world, DELIVERED)
    assert refunds(world) == [] and world.asked.count((SEEN_TO, "tax_clerk")) == 2


@pytest.mark.parametrize("label", ["Esperar despacho", "Esperar entrega", GUARANTEE])
def test_a_claim_stops_nothing(label: str) -> None:
    world = claimed({"decision": "Con nota", "claim_amount": 100}, at=label)
    assert_ended(world, DELIVERED)
    assert notes(world) == [("3", 100)]
