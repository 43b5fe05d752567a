"""R70: what a customer sends back, driven in memory."""

from typing import Any

import pytest

from mtd.core.process.instance import State
from mtd.core.process.outcome import Done
from tests.processes.paths import DELIVERED, assert_ended, drive
from tests.processes.world import BEGIN, World

CLOSING = "Esperar plazo de cierre"
BACK = [*DELIVERED[:-1], "RETURN_IN_PROGRESS"]
WITHDRAWAL = {"return_id": "R-1", "reason": "WITHDRAWAL"}
INSPECT = "Inspeccionar devolución"


def returned(decision: dict[str, Any], **script: Any) -> Any:
    """An order that is returned while it waits to be closed, and what was decided about it."""
    return drive(
        messages={"GoodsReceived": [{}]},
        people={INSPECT: [decision]},
        intrusions={CLOSING: ("ReturnRequested", WITHDRAWAL)},
        **script,
    )


def test_all_that_comes_back_is_credited_and_refunded() -> None:
    world = returned({"decision": "Acoger todo"})
    assert_ended(world, [*BACK, "RETURNED", "CLOSED"])
    assert world.asked == [(INSPECT, "agent")]
    assert [i["reason"] for s, i in world.made if s == "tax.credit_note"] == [1]
    assert world.services[-4:] == [
        "tax.credit_note", "payment.refund", "giftcard.reverse", "mail.send",
    ]  # fmt: skip
    assert world.mails[-1] == "order_returned"


def test_a_part_is_credited_and_refunded_as_a_part() -> None:
    world = returned({"decision": "Acoger una parte", "amount": 9990})
    assert_ended(world, [*BACK, "RETURNED", "CLOSED"])
    [note] = [i for s, i in world.made if s == "tax.credit_note"]
    assert (note["reason"], note["amount"]) == (3, 9990)
    assert [i for s, i in world.made if s == "payment.refund"] == [{"amount": 9990}]


def test_what_is_not_accepted_stays_delivered() -> None:
    world = returned({"decision": "Rechazar"})
    assert_ended(world, [*BACK, "DELIVERED", "CLOSED"])
    assert "payment.refund" not in world.services
    assert world.mails[-1] == "return_rejected"


def test_goods_that_never_come_close_the_request_and_then_the_order() -> None:
    world = drive(intrusions={CLOSING: ("ReturnRequested", WITHDRAWAL)})
    assert_ended(world, [*BACK, "DELIVERED", "CLOSED"])
    assert world.fired == ["15 días sin recibir", CLOSING, "Vence la garantía legal"]
    assert world.mails[-1] == "return_rejected"


def test_an_open_return_keeps_the_order_open() -> None:
    world = drive(
        intrusions={CLOSING: ("ReturnRequested", WITHDRAWAL)}, messages={"GoodsReceived": [{}]}
    )
    assert world.states[-1] == "RETURN_IN_PROGRESS"
    assert world.fired == ["Vence plazo de inspección", CLOSING]
    assert world.resting() == {INSPECT, "Sin devoluciones ni reclamos"}


ON_ITS_WAY = {"Esperar entrega": ("ReturnRequested", WITHDRAWAL)}
SENT = DELIVERED[: DELIVERED.index("DISPATCHED") + 1]


def test_what_is_on_its_way_may_be_returned_once_it_came() -> None:
    world = drive(
        intrusions=ON_ITS_WAY,
        messages={"GoodsReceived": [{}]},
        people={INSPECT: [{"decision": "Acoger todo"}]},
    )
    ways = ["RETURN_IN_PROGRESS", "DELIVERED", "RETURN_IN_PROGRESS", "RETURNED", "CLOSED"]
    assert_ended(world, [*SENT, *ways])
    assert world.services.count("tax.credit_note") == 1


def test_what_comes_back_undelivered_is_not_sent_out_again() -> None:
    world = drive(
        intrusions=ON_ITS_WAY,
        messages={"Delivered": [None], "DeliveryFailed": [{}], "GoodsReceived": [{}]},
        people={INSPECT: [{"decision": "Acoger todo"}]},
    )
    assert_ended(world, [*SENT, "RETURN_IN_PROGRESS", "RETURNED", "CLOSED"])
    assert world.services.count("logistics.request_dispatch") == 1
    assert world.services.count("tax.credit_note") == 1


@pytest.mark.parametrize("reason", ["WITHDRAWAL", "GUARANTEE"])
def test_nothing_is_returned_that_was_not_sent(reason: str) -> None:
    request = {"return_id": "R-1", "reason": reason}
    world = drive(intrusions={"Esperar evento de bodega": ("ReturnRequested", request)})
    assert_ended(world, DELIVERED)
    assert world.mails.count("return_rejected") == 1
    assert "payment.refund" not in world.services


def test_a_second_return_is_not_taken_while_the_first_is_open() -> None:
    world = drive(
        messages={"GoodsReceived": [{}]},
        people={INSPECT: [{"decision": "Rechazar"}]},
        intrusions={
            CLOSING: ("ReturnRequested", WITHDRAWAL),
            "Sin devoluciones ni reclamos": ("ReturnRequested", WITHDRAWAL),
        },
        calls={"mail.send": [Done({})] * 20},
    )
    assert world.states[-1] == "CLOSED"
    assert [task for task, _ in world.asked] == [INSPECT]


# ---- the legal guarantee, after the closing --------------------------------------------------

LEGAL = "Garantía legal"
CLAIM = {"return_id": "R-2", "reason": "GUARANTEE"}
AGAIN = [*DELIVERED, "RETURN_IN_PROGRESS", "RETURNED", "CLOSED"]


def notes(world: World) -> list[tuple[Any, Any]]:
    """CodRef and amount of each credit note."""
    return [(i["reason"], i.get("amount")) for s, i in world.made if s == "tax.credit_note"]


def test_a_closed_order_comes_back_by_the_legal_guarantee_and_closes_again() -> None:
    world = drive(
        messages={"GoodsReceived": [{}]},
        people={INSPECT: [{"decision": "Acoger todo"}]},
        intrusions={LEGAL: ("ReturnRequested", CLAIM)},
    )
    assert_ended(world, AGAIN)
    assert notes(world) == [(1, None)]
    assert world.mails[-1] == "order_returned"
    assert world.fired == [CLOSING], "nothing is left that a guarantee could be for"


def test_the_guarantee_lasts_six_months_from_the_delivery() -> None:
    world = drive()
    assert_ended(world, DELIVERED)
    assert world.fired == [CLOSING, "Vence la garantía legal"]
    assert (BEGIN.month, world.now.month, world.now.day) == (3, 9, BEGIN.day)


def test_after_the_closing_it_is_too_late_to_withdraw() -> None:
    world = drive(intrusions={LEGAL: ("ReturnRequested", WITHDRAWAL)})
    assert_ended(world, DELIVERED)
    assert world.mails[-1] == "return_rejected"
    [said] = [i["ruling"] for _, i in world.made if i.get("kind") == "return_rejected"]
    assert said == "Fuera de plazo"
    assert notes(world) == []


def test_a_rejected_claim_leaves_the_order_closed_and_its_guarantee() -> None:
    world = drive(
        messages={"GoodsReceived": [{}]},
        people={INSPECT: [{"decision": "Rechazar"}]},
        intrusions={LEGAL: ("ReturnRequested", CLAIM)},
    )
    assert_ended(world, [*DELIVERED, "RETURN_IN_PROGRESS", "DELIVERED", "CLOSED"])
    assert world.fired[-1] == "Vence la garantía legal"
    assert notes(world) == []


def test_the_notes_of_all_returns_together_stay_below_the_document() -> None:
    """40,000 of 59,990 before the closing; then 30,000 is asked back, and what is left is given."""
    world = drive(
        messages={"GoodsReceived": [{}, {}]},
        people={
            INSPECT: [
                {"decision": "Acoger una parte", "amount": 40_000},
                {"decision": "Acoger una parte", "amount": 30_000},
                {"decision": "Acoger todo"},
            ]
        },
        intrusions={
            CLOSING: ("ReturnRequested", WITHDRAWAL),
            LEGAL: ("ReturnRequested", CLAIM),
        },
    )
    assert_ended_closed(world)
    assert notes(world) == [(3, 40_000), (3, 19_990)]
    refunds = [i.get("amount") for s, i in world.made if s == "payment.refund"]
    assert refunds == [40_000, 19_990]
    assert [task for task, _ in world.asked] == [INSPECT] * 3, "30,000 is given back to decide"


def test_what_came_back_whole_has_no_guarantee_and_is_not_returned_twice() -> None:
    world = returned({"decision": "Acoger todo"})
    assert "Vence la garantía legal" not in world.fired
    again = drive(
        messages={"Delivered": [None], "GoodsReceived": [{}]},
        people={INSPECT: [{"decision": "Acoger todo"}]},
        intrusions={
            "Esperar entrega": ("ReturnRequested", WITHDRAWAL),
            CLOSING: ("ReturnRequested", {"return_id": "R-3", "reason": "WITHDRAWAL"}),
        },
    )
    assert_ended_closed(again)
    assert notes(again) == [(1, None)]
    [said] = [i["ruling"] for _, i in again.made if i.get("kind") == "return_rejected"]
    assert said == "Ya se devolvió todo"


def assert_ended_closed(world: World) -> None:
    """The order is closed and over, with no incident."""
    assert (world.states[-1], world.instance.state) == ("CLOSED", State.COMPLETED)
    assert not world.instance.incidents
