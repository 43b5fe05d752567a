"""After the sale: delivery, cancelling, stage incidents and bounced mail, driven in memory."""

from typing import Any

import pytest

from mtd.core.process.instance import State
from mtd.core.process.outcome import Done, Failed, Refused
from tests.processes.paths import (
    CANCELLED,
    DELIVERED,
    HAPPY,
    REVERSALS,
    assert_ended,
    drive,
)
from tests.processes.world import MESSAGES

NOTHING: dict[str, Any] = {}
FAILED = {"DeliveryFailed": [NOTHING], "Delivered": [None, NOTHING]}
CANCEL = ("CancelRequested", NOTHING)
DOWN = [Failed("down")] * 3

# ---- delivery --------------------------------------------------------------------------------


def test_a_failed_delivery_gets_a_second_attempt() -> None:
    world = drive(messages=FAILED)
    again = ["DELIVERY_FAILED", "IN_FULFILLMENT", "DISPATCHED", "DELIVERED", "CLOSED"]
    assert_ended(world, [*HAPPY, "DISPATCHED", *again])
    attempts = [i["attempt"] for s, i in world.made if s == "logistics.request_dispatch"]
    assert attempts == [1, 2]


def test_two_failed_deliveries_are_settled_by_an_agent_and_the_goods_come_back() -> None:
    world = drive(
        messages={"DeliveryFailed": [{}, {}], "Delivered": []},
        people={"Coordinar entrega": [{"decision": "Devolver"}]},
    )
    assert world.states[-4:] == ["DELIVERY_FAILED", "RETURN_IN_PROGRESS", "RETURNED", "CLOSED"]
    assert ("Coordinar entrega", "agent") in world.asked
    reversals = ["eom.release", "tax.credit_note", "payment.refund", "giftcard.reverse"]
    assert [s for s in world.services if s in reversals] == reversals
    assert world.mails[-1] == "order_returned"


def test_a_trip_that_is_overdue_is_stopped_before_another_begins() -> None:
    world = drive(
        messages={"Delivered": [None, None, {}]},
        people={"Coordinar entrega": [{"decision": "Despachar de nuevo"}]},
    )
    assert world.states[-1] == "CLOSED"
    trips = [s for s in world.services if s.startswith("logistics.")]
    assert trips == [
        "logistics.request_dispatch",
        "logistics.cancel_dispatch",
        "logistics.request_dispatch",
    ]


def test_what_has_arrived_meanwhile_is_neither_sent_again_nor_taken_back() -> None:
    world = drive(
        messages={"Delivered": []},
        people={"Coordinar entrega": [{"decision": "Devolver"}]},
        calls={"logistics.cancel_dispatch": [Done({"state": "DELIVERED"})]},
    )
    assert_ended(world, DELIVERED)
    assert "payment.refund" not in world.services


def test_a_late_delivery_closes_the_agents_task() -> None:
    world = drive(messages={"Delivered": [None, {}]})
    assert_ended(world, DELIVERED)
    assert world.fired[:2] == ["Vence plazo de entrega", "Esperar plazo de cierre"]
    assert world.asked == [("Coordinar entrega", "agent")]


def test_goods_that_nobody_picks_up_go_back() -> None:
    world = drive({"shipment_method": "pickup"}, messages={"PickedUp": []})
    ended = ["READY_FOR_PICKUP", "RETURN_IN_PROGRESS", "RETURNED", "CLOSED"]
    assert_ended(world, [*HAPPY, *ended])
    assert world.fired == ["10 días sin retiro", "Esperar plazo de cierre"]


def test_a_promise_at_risk_warns_before_it_is_broken_and_again_when_it_is() -> None:
    world = drive(
        messages={"FulfilmentEvent": [{"status": "PICKED"}, None], "Dispatched": []},
    )
    assert world.fired == ["Alerta temprana"]
    assert world.mails == ["order_confirmation", "early_warning"]
    assert world.now.isoformat() < "2026-03-06T21:00:00"
    assert world.resting() == {"Procesar orden", "Preparación", "Esperar evento de bodega"}

    late = drive(messages={"Dispatched": []})
    assert late.fired == ["Vence fecha de compromiso"]
    levels = [i["level"] for s, i in late.made if s == "order.raise_early_warning"]
    assert levels == [2]


# ---- cancelling ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "before"),
    [
        ("Capturar pago", ["RECEIVED", "VALIDATED"]),
        ("Emitir DTE", HAPPY[:4]),
        ("Publicar en Soporte de Ventas", HAPPY[:5]),
        ("Esperar evento de bodega", HAPPY),
        ("Esperar despacho", HAPPY),
    ],
)
def test_a_customer_may_cancel_until_the_goods_have_left(where: str, before: list[str]) -> None:
    found = Done({"track_id": "T-1", "folio": 101, "document_state": "ACCEPTED"})
    issued = "INVOICED" in before
    world = drive(intrusions={where: CANCEL}, calls={"tax.find": [found] if issued else []})
    assert_ended(world, [*before, *CANCELLED])
    assert world.services.count("tax.credit_note") == int(issued)
    assert world.services[-5:] == REVERSALS
    assert world.mails[-1] == "order_cancelled"


def test_what_was_done_is_undone_the_last_first() -> None:
    found = Done({"track_id": "T-1", "folio": 101, "document_state": "ACCEPTED"})
    world = drive(
        {"has_gift_card": True, "gift_card_amount": 20000, "card_amount": 39990},
        intrusions={"Esperar despacho": CANCEL},
        calls={"tax.find": [found]},
    )
    undone = world.services[world.services.index("logistics.request_dispatch") + 1 : -5]
    assert undone[:4] == [
        "logistics.cancel_dispatch",
        "eom.release",
        "tax.find",
        "tax.credit_note",
    ]
    assert sorted(undone[4:]) == ["eom.release", "giftcard.reverse", "payment.refund"]


def test_a_document_still_at_the_authority_is_waited_for_before_it_is_credited() -> None:
    sent = Done({"track_id": "T-1", "folio": 101, "document_state": "SENT"})
    world = drive(intrusions={"Esperar estado del DTE": CANCEL}, calls={"tax.find": [sent]})
    assert_ended(world, [*HAPPY[:4], *CANCELLED])
    assert world.fired == ["Esperar resolución del DTE"]
    assert world.services.count("tax.credit_note") == 1


def test_nobody_may_cancel_an_order_that_has_left() -> None:
    with pytest.raises(AssertionError, match="nobody awaits CancelRequested"):
        drive(intrusions={"Esperar entrega": CANCEL})


def test_a_reversal_that_fails_is_an_exception_and_is_made_in_the_end() -> None:
    world = drive(intrusions={"Emitir DTE": CANCEL}, calls={"payment.refund": DOWN})
    assert_ended(
        world,
        [*HAPPY[:4], "CANCELLATION_REQUESTED", "EXCEPTION", "CANCELLATION_REQUESTED", "CANCELLED"],
    )
    assert world.services.count("payment.refund") == 5, "four attempts, and once for what hung"


# ---- stage incidents (R30) -------------------------------------------------------------------


def test_a_stage_that_fails_is_retried_where_it_stood() -> None:
    world = drive(calls={"salessupport.publish": DOWN})
    assert_ended(world, [*HAPPY[:5], "EXCEPTION", *DELIVERED[4:]])
    assert world.fired[0] == "Esperar reintento"
    assert world.services.count("salessupport.publish") == 4
    assert world.services.count("engine.retry") == 1


def test_an_agent_may_have_a_failed_stage_tried_again() -> None:
    world = drive(
        calls={"eom.release_to_pick": DOWN, "order.handle_error": [Done({"resolution": "human"})]},
        people={"Resolver excepción": [{"decision": "Reintentar"}]},
    )
    assert_ended(world, [*HAPPY[:5], "EXCEPTION", *DELIVERED[4:]])
    assert ("Resolver excepción", "agent") in world.asked
    assert "salessupport.open_case" in world.services


def test_sales_support_that_is_down_does_not_keep_the_agent_from_the_task() -> None:
    world = drive(
        calls={
            "eom.release_to_pick": DOWN,
            "salessupport.open_case": DOWN,
            "order.handle_error": [Done({"resolution": "human"})],
        },
        people={"Resolver excepción": [{"decision": "Reintentar"}]},
    )
    assert_ended(world, [*HAPPY[:5], "EXCEPTION", *DELIVERED[4:]])
    assert world.services.count("order.handle_error") == 1, "its own failure is no new incident"


@pytest.mark.parametrize("by_agent", [True, False])
def test_a_failed_stage_may_cancel_the_order(by_agent: bool) -> None:
    resolution = "human" if by_agent else "cancel"
    world = drive(
        calls={
            "eom.release_to_pick": DOWN,
            "order.handle_error": [Done({"resolution": resolution})],
            "tax.find": [Done({"track_id": "T-1", "folio": 1, "document_state": "ACCEPTED"})],
        },
        people={"Resolver excepción": [{"decision": "Anular"}]},
    )
    assert_ended(world, [*HAPPY[:5], "EXCEPTION", *CANCELLED])
    assert "tax.credit_note" in world.services


def test_an_agent_who_cancels_too_late_has_the_task_back() -> None:
    dispatched = {**MESSAGES, "StageError": []}
    world = drive(
        messages=dispatched,
        calls={
            "mail.send": [Done({}), *DOWN],
            "order.handle_error": [Done({"resolution": "human"})],
        },
        people={"Resolver excepción": [{"decision": "Anular"}, {"decision": "Reintentar"}]},
    )
    assert_ended(world, [*HAPPY, "DISPATCHED", "EXCEPTION", *DELIVERED[6:]])
    assert [task for task, _ in world.asked] == ["Resolver excepción"] * 2


# ---- bounced mail (R16) ----------------------------------------------------------------------


def test_a_bounced_mail_is_corrected_while_the_order_goes_on() -> None:
    bounced = ("MailBounced", {"mail_id": "M-1", "kind": "order_confirmation"})
    world = drive(
        intrusions={"Esperar evento de bodega": bounced}, people={"Corregir correo": [{}]}
    )
    assert_ended(world, DELIVERED)
    assert world.mails.count("order_confirmation") == 2
    assert ("Corregir correo", "agent") in world.asked


def test_a_bounced_mail_that_nobody_corrects_holds_nothing_up() -> None:
    bounced = ("MailBounced", {"mail_id": "M-1", "kind": "order_confirmation"})
    world = drive(intrusions={"Esperar evento de bodega": bounced})
    assert world.states == DELIVERED
    assert world.instance.state is State.RUNNING
    assert world.resting() == {"Corregir correo"}


def test_a_bounced_letter_to_the_staff_goes_to_the_staff_again() -> None:
    letter = {"mail_id": "M-1", "kind": "early_warning", "to": "supervisor"}
    bounced = {"Esperar evento de bodega": ("MailBounced", letter)}
    deputy = "suplente@tienda.example"
    for answer, to in (({}, "supervisor"), ({"address": deputy}, deputy)):
        world = drive(intrusions=bounced, people={"Corregir destinatario": [answer]})
        assert_ended(world, DELIVERED)
        [again] = [i for _, i in world.made if i.get("kind") == "early_warning"]
        assert (again["to"], again["reference"]) == (to, "M-1")
        assert ("Corregir correo", "agent") not in world.asked, "the customer's address is right"


def test_a_refusal_that_nobody_expects_is_an_exception() -> None:
    world = drive(
        calls={
            "logistics.request_dispatch": [Refused("NO_ROUTE", "no carrier goes there")],
        }
    )
    assert_ended(world, [*HAPPY, "EXCEPTION", *DELIVERED[5:]])


def test_two_stages_that_fail_at_once_are_each_retried() -> None:
    world = drive(calls={"payment.capture": DOWN, "eom.reserve": DOWN})
    assert world.states[-1] == "CLOSED", world.resting()
    retried = [inputs["incident"] for service, inputs in world.made if service == "engine.retry"]
    assert len(set(retried)) == 2
