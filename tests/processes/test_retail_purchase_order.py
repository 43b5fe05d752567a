"""The sale: validating, charging and reserving, driven through every path in memory."""

from datetime import timedelta

import pytest

from mtd.core.process.outcome import Done, Refused
from tests.processes.paths import CANCELLED, DELIVERED, PICKED_UP, REVERSALS, assert_ended, drive
from tests.processes.world import BEGIN

DECLINED = Refused("PAYMENT_DECLINED", "insufficient funds")
STOCKOUT = Refused("STOCKOUT", "1 of 2", {"missing_lines": [1]})

# ---- the main path ---------------------------------------------------------------------------


def test_an_ecommerce_order_is_delivered_and_closed() -> None:
    world = drive()
    assert_ended(world, DELIVERED)
    assert world.mails == ["order_confirmation", "dispatched"]
    assert world.services.count("tax.issue") == 1
    assert world.fired == ["Esperar plazo de cierre", "Vence la garantía legal"]


def test_a_kiosk_order_is_picked_up_with_a_guide_for_its_way_to_the_shop() -> None:
    world = drive({"channel": "kiosk", "shipment_method": "pickup"})
    assert_ended(world, PICKED_UP)
    assert "tax.dispatch_guide" in world.services
    assert "logistics.request_dispatch" not in world.services
    assert world.mails == ["order_confirmation", "ready_for_pickup"]


def test_a_phone_order_waits_for_its_payment_instead_of_capturing_it() -> None:
    world = drive({"channel": "phone"})
    assert_ended(world, DELIVERED)
    assert dict(world.made)["payment.request"] == {"amount": 59990}
    assert "payment.capture" not in world.services


@pytest.mark.parametrize("buyer_document", ["RECEIPT", "INVOICE"])
def test_the_document_is_the_one_that_the_buyer_asked_for(buyer_document: str) -> None:
    world = drive({"buyer_document": buyer_document})
    issued = dict(world.made)["tax.issue"]
    assert issued == {"document_kind": buyer_document, "folio": None, "ask_first": False}


def test_gift_card_and_card_share_the_amount() -> None:
    world = drive({"has_gift_card": True, "gift_card_amount": 20000, "card_amount": 39990})
    assert_ended(world, DELIVERED)
    assert dict(world.made)["giftcard.redeem"] == {"amount": 20000}
    assert dict(world.made)["payment.capture"] == {"amount": 39990}


def test_an_order_paid_wholly_by_gift_card_captures_nothing() -> None:
    world = drive({"has_gift_card": True, "gift_card_amount": 59990, "card_amount": 0})
    assert_ended(world, DELIVERED)
    assert "payment.capture" not in world.services


# ---- review ----------------------------------------------------------------------------------


def test_an_invalid_order_is_corrected_by_an_agent() -> None:
    world = drive(
        calls={"order.validate": [Refused("ORDER_INVALID", "bad RUT")]},
        people={"Revisar orden": [{"decision": "Corregida"}]},
    )
    assert_ended(world, ["RECEIVED", "ON_HOLD", "RECEIVED", *DELIVERED[1:]])
    assert world.asked == [("Revisar orden", "agent")]
    assert world.services[:3] == ["order.validate", "salessupport.open_case", "order.validate"]


def test_a_large_discount_is_reviewed_and_approved() -> None:
    world = drive(
        {"line_discount_share_max": 0.85}, people={"Revisar orden": [{"decision": "Aprobada"}]}
    )
    assert_ended(world, ["RECEIVED", "ON_HOLD", *DELIVERED[1:]])


def test_a_price_out_of_its_band_is_reviewed_before_there_is_a_document() -> None:
    world = drive({"price_outliers": 1})
    assert_ended(world, ["RECEIVED", "ON_HOLD", *CANCELLED])
    assert world.asked[0] == ("Revisar orden", "agent")
    assert not any("issue" in service for service in world.services)
    untouched = drive({"price_outliers": 0})
    assert "Revisar orden" not in [name for name, _ in untouched.asked]


def test_a_rejected_order_is_cancelled_with_every_reversal_and_no_credit_note() -> None:
    world = drive({"line_discount_share_max": 0.99})
    assert_ended(world, ["RECEIVED", *CANCELLED])
    assert world.services == ["order.validate", *REVERSALS]
    assert world.mails == ["order_cancelled"]


def test_an_unreviewed_order_is_escalated_then_cancelled() -> None:
    world = drive({"line_discount_share_max": 0.85})
    assert_ended(world, ["RECEIVED", "ON_HOLD", *CANCELLED])
    assert world.fired == ["Vence plazo de revisión", "2 días sin revisión"]
    assert world.mails == ["task_overdue", "order_cancelled"]
    assert timedelta(days=2) <= world.now - BEGIN < timedelta(days=2, minutes=1)


# ---- payment and stock -----------------------------------------------------------------------


def test_a_declined_card_is_tried_again() -> None:
    world = drive(
        calls={"payment.capture": [DECLINED]},
        people={"Resolver pago": [{"decision": "Reintentar"}]},
    )
    assert_ended(world, ["RECEIVED", "VALIDATED", "ON_HOLD", "VALIDATED", *DELIVERED[2:]])
    assert world.services.count("payment.capture") == 2


def test_a_declined_card_is_replaced_by_a_payment_confirmed_later() -> None:
    world = drive(
        calls={"payment.capture": [DECLINED]},
        people={"Resolver pago": [{"decision": "Otro medio"}]},
    )
    assert_ended(world, ["RECEIVED", "VALIDATED", "ON_HOLD", "VALIDATED", *DELIVERED[2:]])
    paying = [service for service in world.services if service.startswith("payment.")]
    assert paying == ["payment.capture", "payment.void_request", "payment.request"]


def test_a_declined_gift_card_is_replaced_by_the_card() -> None:
    world = drive(
        {"has_gift_card": True, "gift_card_amount": 20000, "card_amount": 39990},
        calls={"giftcard.redeem": [Refused("GIFTCARD_DECLINED", "no balance")]},
        people={"Resolver pago": [{"decision": "Otro medio"}]},
    )
    assert world.states[-1] == "CLOSED"
    captured = sorted(i["amount"] for s, i in world.made if s == "payment.capture")
    assert captured == [20000, 39990]


def test_an_unresolved_payment_cancels_after_a_day() -> None:
    world = drive(calls={"payment.capture": [DECLINED]}, messages={"PaymentConfirmed": []})
    assert_ended(world, ["RECEIVED", "VALIDATED", "ON_HOLD", *CANCELLED])
    assert world.fired == ["Vence plazo de pago", "24 horas sin resolver"]


def test_a_phone_payment_that_never_comes_goes_to_an_agent_after_two_hours() -> None:
    world = drive(
        {"channel": "phone"},
        messages={"PaymentConfirmed": []},
        people={"Resolver pago": [{"decision": "Anular"}]},
    )
    assert_ended(world, ["RECEIVED", "VALIDATED", "ON_HOLD", *CANCELLED])
    assert world.fired == ["Pago no confirmado"]


def test_a_payment_whose_confirmation_is_late_is_found_before_anybody_is_asked() -> None:
    world = drive(
        {"channel": "phone"},
        messages={"PaymentConfirmed": []},
        calls={"payment.query": [Done({"state": "CAPTURED"})]},
    )
    assert_ended(world, DELIVERED)
    assert world.asked == []
    assert world.services.count("payment.request") == 1


def test_a_confirmation_closes_the_agents_task() -> None:
    world = drive({"channel": "phone"}, messages={"PaymentConfirmed": [None, {}]})
    assert_ended(world, ["RECEIVED", "VALIDATED", "ON_HOLD", *DELIVERED[2:]])
    assert world.asked == [("Resolver pago", "agent")]
    assert world.services.count("payment.request") == 1


@pytest.mark.parametrize("decision", ["Reintentar", "Otro medio"])
def test_what_was_paid_meanwhile_is_not_asked_for_again(decision: str) -> None:
    world = drive(
        {"channel": "phone"},
        messages={"PaymentConfirmed": []},
        calls={"payment.void_request": [Done({"state": "CAPTURED"})]},
        people={"Resolver pago": [{"decision": decision}]},
    )
    assert world.states[-1] == "CLOSED"
    assert world.services.count("payment.request") == 1


def test_digital_goods_pass_by_the_warehouse_and_the_carrier() -> None:
    world = drive({"has_physical_goods": False})
    digital = [state for state in DELIVERED if state not in ("IN_FULFILLMENT", "DISPATCHED")]
    assert_ended(world, digital)
    assert "eom.release_to_pick" not in world.services
    assert world.mails == ["order_confirmation"]


def test_a_stock_out_is_offered_to_the_customer_and_accepted() -> None:
    world = drive(
        calls={"eom.reserve": [STOCKOUT]},
        people={"Ofrecer alternativa": [{"action": "partial"}]},
        messages={"CustomerAnswer": [{"accepts": True}]},
    )
    assert_ended(world, ["RECEIVED", "VALIDATED", "ON_HOLD", "VALIDATED", *DELIVERED[2:]])
    assert [i["action"] for s, i in world.made if s == "eom.reserve"] == [None, "partial"]


def test_a_silent_customer_gets_what_there_is() -> None:
    world = drive(
        calls={"eom.reserve": [STOCKOUT]}, people={"Ofrecer alternativa": [{"action": "backorder"}]}
    )
    assert world.states[-1] == "CLOSED"
    assert world.fired[0] == "24 horas sin respuesta"
    assert [i["action"] for s, i in world.made if s == "eom.reserve"] == [None, "partial"]


def test_a_customer_who_refuses_the_alternative_is_refunded() -> None:
    world = drive(
        calls={"eom.reserve": [STOCKOUT]},
        people={"Ofrecer alternativa": [{"action": "partial"}]},
        messages={"CustomerAnswer": [{"accepts": False}]},
    )
    assert_ended(world, ["RECEIVED", "VALIDATED", "ON_HOLD", *CANCELLED])
    assert world.services[-5:] == REVERSALS


def test_another_node_with_stock_needs_no_consent() -> None:
    elsewhere = Refused(
        "STOCKOUT", "none here", {"missing_lines": [1, 2], "substitute_node": "B007"}
    )
    world = drive(calls={"eom.reserve": [elsewhere]})
    assert_ended(world, DELIVERED)
    assert [i["action"] for s, i in world.made if s == "eom.reserve"] == [None, "substitute"]


def test_stock_that_fails_in_the_warehouse_is_settled_and_preparation_goes_on() -> None:
    world = drive(
        people={"Ofrecer alternativa": [{"action": "cancel_line"}]},
        messages={
            "FulfilmentEvent": [{"status": "SHORT"}, {"status": "PACKED"}],
            "CustomerAnswer": [{"accepts": True}],
        },
    )
    assert world.states[-1] == "CLOSED"
    released = [i["action"] for s, i in world.made if s == "eom.release_to_pick"]
    assert released == [None, "cancel_line"]
