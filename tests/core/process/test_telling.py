"""Telling: what a journal row says to people."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from mtd.core.process.definition import Definition, Element
from mtd.core.process.effect import Call, Subscription, Timer, UserTask
from mtd.core.process.instance import Incident, State, Token, Wait
from mtd.core.process.journal import (
    Assigned,
    Ended,
    Fact,
    Gone,
    Opened,
    Put,
    Reached,
    Settled,
    Tried,
    Troubled,
)
from mtd.core.process.telling import label, told

AT = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
DRAWN = Definition(
    name="short",
    version=1,
    root="p",
    elements={
        "a": Element(id="a", name="Capturar pago", kind="serviceTask"),
        "g": Element(id="g", name="", kind="parallelGateway"),
    },
)


def words(*facts: Fact) -> list[str]:
    return told(DRAWN, facts)


def test_an_element_is_called_what_the_drawing_calls_it() -> None:
    assert [label(DRAWN, one) for one in ("a", "g", "gone")] == [
        "Capturar pago", "(parallelGateway)", "gone",
    ]  # fmt: skip


def test_the_way_comes_first_and_in_order() -> None:
    facts = (
        Reached("VALIDATED"), Put(Token(1, "g", 0)), Gone(2), Assigned(0, {"total": Decimal(1)}),
        Put(Token(1, "a", 0)), Opened(Wait(3, "a", 0, 1, Call("payment.capture", {}))),
    )  # fmt: skip
    assert words(*facts) == [
        "→ (parallelGateway) → Capturar pago",
        "state VALIDATED",
        "sets total",
        "asks payment.capture (Capturar pago)",
    ]


def test_every_kind_of_wait_says_what_for() -> None:
    task = UserTask("t", "agent", AT)
    for effect, expected in (
        (Timer(AT), "waits until 2026-11-27 12:00 (Capturar pago)"),
        (Subscription("Paid", "K1"), "awaits message Paid for K1 (Capturar pago)"),
        (task, "asks a person, role agent, due 2026-11-27 12:00 (Capturar pago)"),
    ):
        assert words(Opened(Wait(3, "a", 0, 1, effect))) == [expected]


def test_trouble_and_its_end_are_told_with_the_place_and_the_reason() -> None:
    incident = Incident(7, "a", 1, None, "PAYMENT_DOWN", "no answer in 11.9 s")
    again = Call("payment.capture", {}, attempt=2, not_before=AT + timedelta(seconds=2))
    assert words(Tried(3, again), Troubled(incident), Settled(7), Ended(State.COMPLETED)) == [
        "asks payment.capture again, attempt 2, not before 12:00:02",
        "incident 7 PAYMENT_DOWN at 'Capturar pago': no answer in 11.9 s",
        "incident 7 is settled",
        "ends COMPLETED",
    ]
