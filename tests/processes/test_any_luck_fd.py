"""Whatever the world answers, a sale of the second customer ends, or rests where somebody knows."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mtd.core.process.effect import Call, Subscription, Timer, UserTask
from mtd.core.process.instance import State
from mtd.core.process.outcome import Done, Failed, Outcome, Refused, Unknown
from tests.processes.deployed import bindings, flow
from tests.processes.test_any_luck import DRAWN_WRONG
from tests.processes.test_digital_invoice_fd import SALE
from tests.processes.world import ANSWERS, BEGIN, ORDER, World

Payload = dict[str, Any]

NAME, CALLED = "digital_invoice_fd", "issue_tax_document"
LEGACY = sorted(
    {
        service.connector
        for name in (NAME, CALLED)
        for service in bindings(name).service.values()
        if not service.connector.startswith(("engine.", "order.raise"))
    }
)
REFUSALS = {
    "order.validate_sale": ["SALE_INVALID"],
    "pos.post_sale": ["POS_REJECTED"],
    "tax.plan": ["SCHEMA"],
    "tax.number": ["NO_FOLIO"],
    "tax.build": ["SIGNATURE"],
    "tax.send": ["BUYER_DATA", "SCHEMA"],
}
STATES = ["ACCEPTED", "ACCEPTED_WITH_OBJECTIONS", "REJECTED", "SENT"]
POSTED = ANSWERS["pos.post_sale"]
TRIPS = ("CANCELLED", "DELIVERED", "NONE")
DECISIONS = {
    "Corregir venta": ["Corregida", "Anular"],
    "Corregir venta POS": ["Enviar de nuevo", "Registrada en tienda"],
    "Resolver documento": ["Reintentar", "Anular"],
    "Resolver guía": ["Reintentar", "Anular"],
    "Resolver nota de crédito": ["Reintentar", "Desistir"],
    "Aprobar nota de crédito": ["Sí", "Sí", "No"],
    "Coordinar entrega": ["Despachar de nuevo", "Devolver"],
    "Resolver excepción": ["Reintentar", "Anular"],
}
"""What people may decide; of these they answer as many as were drawn, then nobody is there."""
TASKS = [
    "Cargar folios (CAF)",
    "Corregir documento",
    "Revisar con el emisor",
    "Revisar reparos",
    "Resolver excepción al anular",
    "Corregir correo",
    "Corregir destinatario",
]
MESSAGES: dict[str, st.SearchStrategy[Payload]] = {
    "DteStatusChanged": st.sampled_from(STATES).map(lambda state: {"document_state": state}),
    "PosAck": st.just({}),
    "LogisticsEvent": st.just({"status": "READY"}),
    "Dispatched": st.sampled_from(["K-1", "K-2"]).map(lambda one: {"tracking": one}),
    "DeliveryFailed": st.just({}),
    "Delivered": st.just({}),
}
LAST: dict[str, list[Payload]] = {
    "DteStatusChanged": [],
    "DeliveryFailed": [],
    "Dispatched": [{"tracking": "K-9"}] * 4,
    "Delivered": [{}] * 4,
}
CANCELLED_AT = ("Esperar pedido listo", "Esperar despacho")
SELDOM = st.integers(0, 3).map(lambda number: number == 0)
AMOUNTS = st.sampled_from([0, 5_000, 35_000, 45_000, 59_990, 70_000])
LETTERS = st.sampled_from(["customer", "supervisor", "channel"])
INTRUSIONS: dict[str, st.SearchStrategy[tuple[str, Payload]]] = {
    "Esperar pedido listo": st.just(("CancelRequested", {})),
    "Esperar despacho": st.just(("CancelRequested", {})),
    "Esperar entrega": LETTERS.map(
        lambda to: ("MailBounced", {"mail_id": "M-1", "kind": "dispatched", "to": to})
    ),
    "Esperar plazo de cierre": AMOUNTS.map(
        lambda amount: ("CreditNoteRequested", {"lines": [{"line_no": 1, "amount": amount}]})
    ),
    "Aprobar nota de crédito": AMOUNTS.map(
        lambda amount: ("CreditNoteRequested", {"lines": [{"line_no": 1, "amount": amount}]})
    ),
}


def told(payload: st.SearchStrategy[Payload]) -> st.SearchStrategy[list[Payload | None]]:
    """Some messages, and None for one that does not come."""
    return st.lists(st.none() | payload, max_size=4)


def _answer(service: str) -> st.SearchStrategy[Outcome]:
    """One answer: as it should be, an error, a refusal, or nobody knows."""
    wrong: list[Outcome] = [Failed("down"), Unknown("timeout")]
    wrong += [Refused(code, "no") for code in REFUSALS.get(service, [])]
    done: list[Outcome] = [Done(ANSWERS.get(service, {}))]
    if service in ("tax.status", "tax.find"):
        found = [{"track_id": "T-1", "folio": 101, "document_state": state} for state in STATES]
        done = [Done(one) for one in found]
    if service == "tax.find":
        done.append(Done({"track_id": None, "folio": None, "document_state": None}))
    if service == "pos.query":
        done = [Done({"sale_id": "PS-1", "state": state}) for state in ("POSTED", "NONE")]
    if service == "logistics.cancel_dispatch":
        done = [Done({"state": state}) for state in TRIPS]
    if service == "order.handle_error":
        return st.sampled_from(["retry", "human"]).map(lambda r: Done({"resolution": r}))
    if service == "pos.post_sale":
        opens = {"opens_at": BEGIN.isoformat()}
        wrong.append(Refused("POS_CLOSED", "closed for the night", opens))
    return st.sampled_from(done + wrong)


@st.composite
def scripts(draw: st.DrawFn) -> dict[str, Any]:
    """A sale and what others answer to it: some answers, then all goes well.

    A message may come at once, late (after what waited for it gave up), twice, or never. In half
    of the stories all goes well from the beginning: they come to credit notes and letters.
    """
    calm = draw(st.booleans())
    people: dict[str, list[Payload]] = {task: [{}] * 12 for task in TASKS}
    for task, ways in DECISIONS.items():
        chosen = draw(st.lists(st.sampled_from(ways), max_size=6))
        people[task] = [{"decision": way} for way in chosen]
    return {
        "order": {
            "has_physical_goods": draw(st.booleans()),
            "buyer_document": draw(st.sampled_from(["RECEIPT", "INVOICE"])),
        },
        "calls": {} if calm else {s: draw(st.lists(_answer(s), max_size=5)) for s in LEGACY},
        "people": people,
        "messages": {
            name: [*([] if calm else draw(told(payload))), *LAST.get(name, [{}] * 4)]
            for name, payload in MESSAGES.items()
        },
        "intrusions": {
            label: draw(intrusion)
            for label, intrusion in INTRUSIONS.items()
            if not (calm and label in CANCELLED_AT) and draw(st.booleans() if calm else SELDOM)
        },
    }


@settings(max_examples=150)
@given(scripts())
def test_no_sale_is_lost(script: dict[str, Any]) -> None:
    order = {**SALE, **script.pop("order")}
    world = World(flow(NAME, "fd"), order, **script)
    world.run()
    _ended_or_in_somebodys_hands(world)
    _guided(world)
    _credited_within(world)
    _undone(world)
    _told_once(world)


def _ended_or_in_somebodys_hands(world: World) -> None:
    incidents = world.instance.incidents.values()
    assert not [i for i in incidents if i.code in DRAWN_WRONG], incidents
    if world.instance.state is State.COMPLETED:
        assert world.states[-1] in ("CLOSED", "CANCELLED")
        return
    effects = [wait.effect for wait in world.instance.waits.values()]
    assert not any(isinstance(effect, Timer) for effect in effects), "a timer still runs"
    assert not any(isinstance(effect, Call) for effect in effects) or incidents
    somebody = [effect for effect in effects if isinstance(effect, UserTask)]
    awaited = {e.name for e in effects if isinstance(e, Subscription)}
    always = {"StageError", "MailBounced", "CancelRequested", "CreditNoteRequested"}
    elsewhere = awaited - always - {"PosRepairRequested"}
    assert somebody or elsewhere, f"nobody would ever move it again: {world.resting()}"


def _sent(world: World, kind: str) -> list[int]:
    """Where in the story documents of this kind were taken by the issuer."""
    return [
        n
        for n, (service, inputs, outcome) in enumerate(world.came)
        if service == "tax.send" and inputs["document_kind"] == kind and isinstance(outcome, Done)
    ]


def _guided(world: World) -> None:
    """The goods do not leave without a guide, nor the guide before the document that it cites."""
    handed = [n for n, one in enumerate(world.came) if one[0] == "logistics.send_guide"]
    if handed:
        [guide, *_] = [
            n
            for n, (service, inputs, _) in enumerate(world.came)
            if service == "tax.send" and inputs["document_kind"] == "DISPATCH_GUIDE"
        ]
        assert guide < handed[0]
        assert world.came[guide][1]["corrected_folio"] is not None
    states = world.states
    assert "DISPATCHED" not in states or handed


def _credited_within(world: World) -> None:
    """What is credited never passes the document, whatever was asked for."""
    credited = world.kept.get("credited_amount") or 0
    assert 0 <= credited <= ORDER["amount"]
    notes = [world.came[n][1] for n in _sent(world, "CREDIT_NOTE")]
    assert all(0 < note["amount"] <= ORDER["amount"] for note in notes)


def _undone(world: World) -> None:
    """Of a cancelled sale, whatever the POS took was voided after it."""
    if world.states[-1] != "CANCELLED":
        return
    posted = [
        n
        for n, one in enumerate(world.came)
        if one[0] == "pos.post_sale" and one[2] == Done(POSTED)
    ]
    voided = [
        n for n, one in enumerate(world.came) if one[0] == "pos.void" and isinstance(one[2], Done)
    ]
    assert not posted or (voided and max(voided) > max(posted))


def _told_once(world: World) -> None:
    """One letter with the document, and none before there is one."""
    letters = [
        n
        for n, (service, _, outcome) in enumerate(world.came)
        if service == "mail.tax_document" and isinstance(outcome, Done)
    ]
    assert len(letters) <= 1
    accepted = [n for n, one in enumerate(world.came) if one[0] == "tax.fetch"]
    assert not letters or (accepted and accepted[0] < letters[0])
    bounced = world.script.get("Esperar entrega")
    if bounced is not None and bounced[1]["to"] != "customer":
        assert "Corregir correo" not in [task for task, _ in world.asked], "it was the staff's"
