"""The second reference process on its drawing: a paid sale, its document, POS and dispatch."""

from datetime import timedelta
from typing import Any

import pytest

from mtd.core.process.instance import State
from mtd.core.process.outcome import Done, Failed, Refused
from tests.processes.deployed import flow
from tests.processes.world import BEGIN, World

SALE = {"store": "corporativo", "order_key": "CL/corporativo/ecommerce/PW-1"}
HAPPY = ["RECEIVED", "VALIDATED", "PAYMENT_CONFIRMED", "DTE_ISSUANCE"]
ENDED = ["DELIVERED", "CLOSED"]
REJECTED = Refused("POS_REJECTED", "no such article")
ACCEPTED = Done({"document_state": "ACCEPTED"})
PENDING = Done({"document_state": "SENT"})
UNTOLD: dict[str, Any] = {"DteStatusChanged": [None]}
People = dict[str, list[dict[str, Any]]]


def sell(order: dict[str, Any] | None = None, **script: Any) -> World:
    """One sale from its start until nothing more would happen."""
    return World(flow("digital_invoice_fd", "fd"), {**SALE, **(order or {})}, **script).run()


def closed(world: World) -> World:
    """The sale ended as it should, with nothing left over."""
    assert (world.states[-1], world.instance.state) == ("CLOSED", State.COMPLETED), world.resting()
    assert not world.instance.incidents
    return world


def kinds(world: World) -> list[str]:
    """The documents sent, in order."""
    return [str(i["document_kind"]) for s, i in world.made if s == "tax.send"]


def test_a_sale_goes_its_three_ways_and_closes() -> None:
    world = closed(sell())
    assert world.states[:4] == HAPPY and world.states[-2:] == ENDED
    assert {"IN_FULFILLMENT", "DISPATCHED"} <= set(world.states)
    assert world.services.count("pos.post_sale") == 1
    assert kinds(world) == ["RECEIPT", "DISPATCH_GUIDE"]
    assert world.mails == ["tax_document", "dispatched"]


def test_digital_goods_need_no_dispatch_and_no_guide() -> None:
    world = closed(sell({"has_physical_goods": False}))
    assert kinds(world) == ["RECEIPT"]
    assert not [service for service in world.services if service.startswith("logistics.")]


def test_an_unsupported_country_is_told_to_the_channel_and_nothing_else_happens() -> None:
    world = sell({"country": "CO", "currency": "COP"})
    assert (world.states, world.instance.state) == (["RECEIVED", "CANCELLED"], State.COMPLETED)
    [(service, inputs)] = world.made
    assert (service, inputs["reason"]) == ("salessupport.open_case", "COUNTRY_UNSUPPORTED")


def test_an_invalid_sale_is_corrected_or_cancelled_and_a_late_one_escalated() -> None:
    bad = [Refused("SALE_INVALID", "the sale contradicts itself at: payments")]
    fix = {"Corregir venta": [{"decision": "Corregida"}]}
    assert "ON_HOLD" in closed(sell(calls={"order.validate_sale": bad}, people=fix)).states
    drop = {"Corregir venta": [{"decision": "Anular"}]}
    world = sell(calls={"order.validate_sale": bad}, people=drop)
    assert world.states[-2:] == ["CANCELLATION_REQUESTED", "CANCELLED"]
    late = sell(calls={"order.validate_sale": bad})
    assert late.resting() == {"Corregir venta"}
    assert late.mails == ["task_overdue"] and late.fired == ["Vence plazo de corrección"]


def test_pos_closed_at_night() -> None:
    """Nothing is sent before it opens again, and no attempt is spent on it."""
    opens = BEGIN + timedelta(hours=2)
    shut = Refused("POS_CLOSED", "closed for the night", {"opens_at": opens.isoformat()})
    world = closed(sell({"has_physical_goods": False}, calls={"pos.post_sale": [shut]}))
    assert world.fired == ["Esperar apertura del POS", "Esperar plazo de cierre"]
    assert world.services.count("pos.post_sale") == 2


def test_what_the_pos_rejects_is_corrected_or_booked_at_the_store() -> None:
    for decision, posts in (("Enviar de nuevo", 2), ("Registrada en tienda", 1)):
        people = {"Corregir venta POS": [{"decision": decision}]}
        world = closed(sell(calls={"pos.post_sale": [REJECTED]}, people=people))
        assert world.services.count("pos.post_sale") == posts


def test_a_missing_acknowledgement_is_asked_after_and_the_sale_sent_again_once() -> None:
    silent: dict[str, Any] = {"PosAck": [None, {}]}
    known = closed(sell(messages={"PosAck": [None]}))
    assert known.services.count("pos.query") == known.services.count("pos.post_sale") == 1
    lost = {"pos.query": [Done({"sale_id": None, "state": "NONE"})]}
    world = closed(sell(messages=silent, calls=lost))
    assert world.services.count("pos.post_sale") == 2


def test_goods_do_not_leave_without_guide_nor_the_guide_without_document() -> None:
    """READY comes at once; the document is pending three times before it is accepted."""
    status = {"tax.status": [PENDING, PENDING, PENDING, ACCEPTED]}
    world = closed(sell(calls=status, messages=UNTOLD))
    made = [(s, i.get("document_kind")) for s, i in world.made]
    accepted = [n for n, one in enumerate(made) if one == ("tax.status", "RECEIPT")][-1]
    guide = made.index(("tax.send", "DISPATCH_GUIDE"))
    assert accepted < guide < world.services.index("logistics.send_guide")


def test_a_rejected_document_is_corrected_under_its_folio() -> None:
    states = {"DteStatusChanged": [{"document_state": "REJECTED"}, {"document_state": "ACCEPTED"}]}
    people: People = {"Corregir documento": [{}]}
    world = closed(sell({"has_physical_goods": False}, messages=states, people=people))
    sent = [inputs for service, inputs in world.made if service == "tax.send"]
    assert [inputs["folio"] for inputs in sent] == [None, 101]
    assert "EXCEPTION" in world.states


def test_three_rounds_without_a_document_and_the_clerk_decides() -> None:
    rejected = [{"document_state": "REJECTED"}] * 4
    people: People = {
        "Corregir documento": [{}, {}, {}],
        "Resolver documento": [{"decision": "Anular"}],
    }
    world = sell(
        {"has_physical_goods": False}, messages={"DteStatusChanged": rejected}, people=people
    )
    assert kinds(world) == ["RECEIPT"] * 4
    assert world.states[-1] == "CANCELLED"
    assert world.services.count("pos.void") == 2, "by compensation, and once more at the close"


def test_no_folio_waits_for_a_range_and_tells_the_supervisor_when_late() -> None:
    none = [Refused("NO_FOLIO", "none left")]
    digital = {"has_physical_goods": False}
    people: People = {"Cargar folios (CAF)": [{}]}
    world = closed(sell(digital, calls={"tax.number": none}, people=people))
    assert kinds(world) == ["RECEIPT"]
    late = sell(digital, calls={"tax.number": none})
    assert "Cargar folios (CAF)" in late.resting()
    assert "task_overdue" in late.mails


def test_an_unknown_sending_is_looked_for_before_it_is_sent_again() -> None:
    lost = {"tax.send": [Failed("no answer")] * 3}
    there = {
        **lost,
        "tax.find": [Done({"track_id": "T-9", "folio": 9, "document_state": "SENT"})],
    }
    digital = {"has_physical_goods": False}
    assert kinds(closed(sell(digital, calls=there))) == ["RECEIPT"] * 3
    again = closed(sell(digital, calls=lost))
    assert kinds(again) == ["RECEIPT"] * 4
    assert again.services.count("tax.find") == 1


def test_objections_are_looked_at_beside_the_sale() -> None:
    objected = {"DteStatusChanged": [{"document_state": "ACCEPTED_WITH_OBJECTIONS"}]}
    world = sell({"has_physical_goods": False}, messages=objected)
    assert ("Revisar reparos", "tax_clerk") in world.asked
    assert "tax_document" in world.mails


BOUNCED = {"mail_id": "M-1", "kind": "tax_document"}
OVERDUE: dict[str, tuple[str, dict[str, Any]]] = {
    "Revisar reparos": (
        "Vence plazo de reparos",
        {"messages": {"DteStatusChanged": [{"document_state": "ACCEPTED_WITH_OBJECTIONS"}]}},
    ),
    "Corregir correo": (
        "Vence plazo de correo",
        {"intrusions": {"Esperar despacho": ("MailBounced", {**BOUNCED, "to": "customer"})}},
    ),
    "Corregir destinatario": (
        "Vence plazo de correo",
        {"intrusions": {"Esperar despacho": ("MailBounced", {**BOUNCED, "to": "supervisor"})}},
    ),
}
"""Each task that stops nothing of the sale, the timer on it, and what brings it about."""


@pytest.mark.parametrize("task", OVERDUE)
def test_a_task_beside_the_sale_that_is_overdue_reaches_the_supervisor_once(task: str) -> None:
    timer, script = OVERDUE[task]
    late = sell(**script)
    assert timer in late.fired and task in late.resting()
    told = [i for _, i in late.made if i.get("kind") == "task_overdue"]
    assert [(i["to"], i["reference"]) for i in told] == [("supervisor", "1")]
    assert not late.instance.incidents
    done = closed(sell(**script, people={task: [{}]}))
    assert timer not in done.fired and "task_overdue" not in done.mails


def test_a_sale_is_cancelled_until_it_leaves() -> None:
    world = sell(intrusions={"Esperar despacho": ("CancelRequested", {})})
    assert world.states[-2:] == ["CANCELLATION_REQUESTED", "CANCELLED"]
    assert not world.instance.incidents
    undone = [one for one in world.services if one in ("pos.void", "logistics.cancel_dispatch")]
    assert undone == ["pos.void", "logistics.cancel_dispatch", "pos.void"]
    assert world.mails[-2:] == ["refund_notice", "order_cancelled"]


def test_a_second_failed_delivery_is_arranged_or_given_back() -> None:
    failed: dict[str, Any] = {"DeliveryFailed": [{}, {}], "Delivered": [None, None, {}]}
    give = {"Coordinar entrega": [{"decision": "Devolver"}]}
    sold = Done({"track_id": "T-1", "folio": 101, "document_state": "ACCEPTED"})
    world = closed(sell(messages=failed, people=give, calls={"tax.find": [sold]}))
    assert kinds(world)[-1] == "CREDIT_NOTE"
    assert "RETURNED" in world.states
    assert world.mails[-2:] == ["refund_notice", "order_returned"]


def test_early_warning_before_the_promise_is_broken() -> None:
    world = sell(messages={"LogisticsEvent": [None]})
    assert world.fired[:2] == ["Alerta temprana", "Vence fecha de compromiso"]
    levels = [i["reference"] for _, i in world.made if i.get("kind") == "early_warning"]
    assert levels == ["1", "2"]


def test_a_reversal_that_fails_is_retried_and_then_somebodys() -> None:
    """R60, D30: nothing that is to be undone is left undone in silence."""
    cancel: dict[str, tuple[str, dict[str, Any]]] = {"Esperar despacho": ("CancelRequested", {})}
    down = [Failed("down")] * 12
    world = sell(intrusions=cancel, calls={"pos.void": down})
    assert world.states[-3:] == ["EXCEPTION", "CANCELLATION_REQUESTED", "CANCELLED"]
    human = [Done({"resolution": "human"})]
    script = {"pos.void": down, "order.handle_error": human}
    late = sell(intrusions=cancel, calls=script)
    assert late.resting() >= {"Resolver excepción al anular"}
    assert late.states[-1] == "EXCEPTION" and late.mails[-1] == "task_overdue"
    people: People = {"Resolver excepción al anular": [{}]}
    done = sell(intrusions=cancel, calls=script, people=people)
    assert done.states[-1] == "CANCELLED" and not done.instance.incidents
