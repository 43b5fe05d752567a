"""Overdue tasks of an order reach the supervisor and stay open for whoever does them."""

from typing import Any

import pytest

from mtd.core.process.outcome import Done, Failed, Refused
from tests.processes.paths import drive

STOCKOUT = Refused("STOCKOUT", "none", {"missing_lines": [1], "substitute_node": None})
DECLINED = Refused("PAYMENT_DECLINED", "no")
DOWN = [Failed("down")] * 3
BOUNCED = ("MailBounced", {"mail_id": "M-1", "kind": "order_confirmation", "to": "customer"})
CASES: dict[str, dict[str, Any]] = {
    "Resolver pago": {
        "calls": {"payment.capture": [DECLINED]},
        "messages": {"PaymentConfirmed": []},
    },
    "Ofrecer alternativa": {"calls": {"eom.reserve": [STOCKOUT]}},
    "Resolver excepción": {
        "calls": {
            "eom.release_to_pick": DOWN,
            "order.handle_error": [Done({"resolution": "human"})],
        }
    },
    "Resolver emisión de guía": {
        "order": {"shipment_method": "pickup"},
        "calls": {
            "tax.dispatch_guide": [Refused("NO_FOLIO", "none")],
            "tax.error_control": [Done({"cause": "NO_FOLIO", "folio": None})],
        },
    },
    "Coordinar entrega": {"messages": {"DeliveryFailed": [{}, {}], "Delivered": []}},
    "Inspeccionar devolución": {
        "messages": {"GoodsReceived": [{}]},
        "intrusions": {
            "Esperar plazo de cierre": (
                "ReturnRequested",
                {"return_id": "R-1", "reason": "WITHDRAWAL"},
            )
        },
    },
    "Corregir correo": {"intrusions": {"Esperar evento de bodega": BOUNCED}},
}
"""Each task of an agent, and what brings it about (R09, R10, R30, R43, R46, R70, R16)."""


@pytest.mark.parametrize("task", CASES)
def test_an_overdue_task_reaches_the_supervisor_and_stays_open(task: str) -> None:
    world = drive(**CASES[task])
    overdue = [i for _, i in world.made if i.get("kind") == "task_overdue"]
    assert [(i["to"], i["reference"]) for i in overdue] == [("supervisor", "1")]
    assert world.fired, "it fell due"
    if task == "Resolver pago":
        assert world.states[-1] == "CANCELLED", "a day later nobody waits any more"
    else:
        assert task in world.resting()


def test_each_overdue_task_of_an_order_is_told_by_itself() -> None:
    world = drive(
        {"has_gift_card": True, "gift_card_amount": 20_000, "card_amount": 39_990},
        calls={
            "giftcard.redeem": [Refused("GIFTCARD_DECLINED", "no")],
            "eom.reserve": [STOCKOUT],
        },
        people={"Resolver pago": [], "Ofrecer alternativa": []},
    )
    told = [i["reference"] for _, i in world.made if i.get("kind") == "task_overdue"]
    assert sorted(told) == ["1", "2"]


def test_a_task_that_is_done_in_time_tells_nobody() -> None:
    world = drive(
        calls={"payment.capture": [DECLINED]},
        people={"Resolver pago": [{"decision": "Reintentar"}]},
    )
    assert world.states[-1] == "CLOSED"
    assert "task_overdue" not in world.mails
