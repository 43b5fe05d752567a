"""Whatever the world answers, an order ends, or rests where somebody knows what to do with it."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mtd.core.process.effect import Call, Subscription, Timer, UserTask
from mtd.core.process.instance import State
from mtd.core.process.outcome import Done, Failed, Outcome, Refused, Unknown
from tests.processes.deployed import bindings
from tests.processes.paths import drive
from tests.processes.world import ANSWERS, ORDER, World

Payload = dict[str, Any]

DRAWN_WRONG = {"NO_WAY_OUT", "KEY_UNKNOWN", "EXPRESSION_FAILED", "TIMER_UNKNOWN", "NO_RULE"}
"""Incidents that only a mistake in the drawing or the bindings can cause."""

REFUSALS = {
    "order.validate": ["ORDER_INVALID"],
    "giftcard.redeem": ["GIFTCARD_DECLINED"],
    "payment.capture": ["PAYMENT_DECLINED"],
    "eom.reserve": ["STOCKOUT"],
    "tax.issue": ["NO_FOLIO", "SCHEMA", "BUYER_DATA"],
    "tax.dispatch_guide": ["NO_FOLIO"],
    "logistics.request_dispatch": ["NO_ROUTE"],
}
CAUSES = ["NO_FOLIO", "SCHEMA", "BUYER_DATA", "ISSUER_DOWN", "TIMEOUT_UNKNOWN", "REJECTED"]
STATES = ["ACCEPTED", "ACCEPTED_WITH_OBJECTIONS", "REJECTED", "SENT"]
DECISIONS = {
    "Revisar orden": ["Corregida", "Aprobada", "Anular"],
    "Resolver pago": ["Reintentar", "Otro medio", "Anular"],
    "Coordinar entrega": ["Despachar de nuevo", "Devolver"],
    "Resolver excepción": ["Reintentar", "Anular"],
}
INSPECTED: list[Payload] = [
    {"decision": "Acoger todo"},
    {"decision": "Rechazar"},
    *({"decision": "Acoger una parte", "amount": amount} for amount in (1, 30_000, 59_990, 70_000)),
]
TASKS = [
    "Cargar folios (CAF)",
    "Corregir datos tributarios",
    "Revisar con el emisor",
    "Resolver emisión de guía",
    "Corregir correo",
]
NOTHING: Payload = {}
MESSAGES: dict[str, st.SearchStrategy[Payload]] = {
    "PaymentConfirmed": st.just(NOTHING),
    "CustomerAnswer": st.booleans().map(lambda yes: {"accepts": yes}),
    "DteStatusChanged": st.sampled_from(STATES).map(lambda state: {"document_state": state}),
    "FulfilmentEvent": st.sampled_from(["PICKED", "PACKED", "SHORT"]).map(lambda s: {"status": s}),
    "ReadyForPickup": st.just(NOTHING),
    "PickedUp": st.just(NOTHING),
    "Dispatched": st.just({"tracking": "K-1"}),
    "DeliveryFailed": st.just(NOTHING),
    "GoodsReceived": st.just(NOTHING),
}
LEGACY = sorted(
    {s.connector for s in bindings().service.values() if not s.connector.startswith("engine.")}
)
PLACES = ["Capturar pago", "Emitir DTE", "Esperar al emisor", "Esperar evento de bodega"]
RETURNING = ["Esperar entrega", "Esperar plazo de cierre", "Garantía legal"]
RETURNS = st.sampled_from(["WITHDRAWAL", "GUARANTEE"]).map(
    lambda reason: ("ReturnRequested", {"return_id": "R-1", "reason": reason})
)


def _answer(service: str) -> st.SearchStrategy[Outcome]:
    wrong: list[Outcome] = [Failed("down"), Unknown("timeout")]
    wrong += [Refused(code, "no") for code in REFUSALS.get(service, [])]
    done: list[Outcome] = [Done(ANSWERS.get(service, {}))]
    if service == "tax.error_control":
        done = [Done(_issuer(cause)) for cause in CAUSES]
    if service in ("tax.status", "tax.find"):
        done = [Done({"track_id": "T-1", "folio": 1, "document_state": state}) for state in STATES]
    if service in ("payment.query", "payment.void_request", "logistics.cancel_dispatch"):
        done = [Done({"state": state}) for state in ("CAPTURED", "DELIVERED", "NONE")]
    if service == "order.handle_error":
        return st.sampled_from(["retry", "human", "cancel"]).map(lambda r: Done({"resolution": r}))
    return st.sampled_from(done if service == "order.raise_early_warning" else done + wrong)


def _issuer(cause: str) -> dict[str, Any]:
    sent = cause == "TIMEOUT_UNKNOWN"
    return {
        "cause": cause,
        "track_id": "T-1" if sent else None,
        "folio": 101 if cause == "REJECTED" or sent else None,
        "document_state": "SENT" if sent else None,
    }


@st.composite
def scripts(draw: st.DrawFn) -> dict[str, Any]:
    """An order and what others answer to it: some answers, then all goes well.

    In half of the stories all goes well from the beginning: they come to the returns.
    """
    calm = draw(st.booleans())
    people: dict[str, list[Payload]] = {task: [{}] * 8 for task in TASKS}
    people["Ofrecer alternativa"] = [{"action": "partial"}] * 8
    for task, ways in DECISIONS.items():
        chosen = draw(st.lists(st.sampled_from(ways), max_size=8))
        people[task] = [{"decision": way} for way in chosen]
    people["Inspeccionar devolución"] = draw(st.lists(st.sampled_from(INSPECTED), max_size=6))
    people["Corregir destinatario"] = [{}] * 8
    by_gift_card = draw(st.sampled_from([0, 20000, 59990]))
    return {
        "order": {
            "channel": draw(st.sampled_from(["ecommerce", "kiosk", "phone"])),
            "has_physical_goods": draw(st.sampled_from([True, True, False])),
            "shipment_method": draw(st.sampled_from(["home_delivery", "pickup"])),
            "buyer_document": draw(st.sampled_from(["RECEIPT", "INVOICE"])),
            "has_gift_card": by_gift_card > 0,
            "gift_card_amount": by_gift_card,
            "card_amount": 59990 - by_gift_card,
            "line_discount_share_max": draw(st.sampled_from([0, 0, 0, 0.85, 0.99])),
        },
        "calls": {} if calm else {s: draw(st.lists(_answer(s), max_size=5)) for s in LEGACY},
        "people": people,
        "messages": {
            name: [*([] if calm else draw(_told(payload))), *_in_the_end(name)]
            for name, payload in MESSAGES.items()
        },
        "intrusions": {
            **draw(
                st.dictionaries(
                    st.sampled_from(PLACES),
                    st.just(("CancelRequested", NOTHING)),
                    max_size=0 if calm else 1,
                )
            ),
            **{label: draw(RETURNS) for label in RETURNING if draw(st.booleans())},
        },
    }


def _told(payload: st.SearchStrategy[Payload]) -> st.SearchStrategy[list[Payload | None]]:
    return st.lists(st.none() | payload, max_size=4)


def _in_the_end(name: str) -> list[Payload]:
    last: dict[str, Payload] = {
        "FulfilmentEvent": {"status": "PACKED"},
        "Dispatched": {"tracking": "K-9"},
    }
    return [] if name == "DeliveryFailed" else [last.get(name, {})] * 4


@settings(max_examples=150)
@given(scripts())
def test_no_order_is_lost(script: dict[str, Any]) -> None:
    world = drive(**script)
    _credited_within(world)
    incidents = world.instance.incidents.values()
    assert not [i for i in incidents if i.code in DRAWN_WRONG], incidents
    if world.instance.state is State.COMPLETED:
        assert world.states[-1] in ("CLOSED", "CANCELLED")
        return
    effects = [wait.effect for wait in world.instance.waits.values()]
    awaited = {e.name for e in effects if isinstance(e, Subscription)}
    assert not any(isinstance(effect, Timer) for effect in effects), "a timer still runs"
    assert not any(isinstance(effect, Call) for effect in effects) or incidents
    somebody = [effect for effect in effects if isinstance(effect, UserTask)]
    elsewhere = awaited - {"StageError", "MailBounced", "CancelRequested", "ReturnRequested"}
    assert somebody or elsewhere, (
        f"nobody would ever move this order again: {world.resting()} {incidents}"
    )


def _credited_within(world: World) -> None:
    """The notes that were issued, together, never pass the document (R70)."""
    issued = [
        ORDER["amount"] if inputs["reason"] == 1 else inputs["amount"]
        for service, inputs, outcome in world.came
        if service == "tax.credit_note" and isinstance(outcome, Done) and outcome.outputs["folio"]
    ]
    assert sum(issued) <= ORDER["amount"], issued
