"""Throwing events of several results, of which a service sends the message: that comes first."""

from typing import Any

import pytest

from mtd.core.process.journal import Sent
from tests.core.process.written import (
    boundary,
    end,
    event_of,
    flows,
    run,
    service,
    stage,
    start,
    tag,
    throw,
    undoable,
)

A = event_of("message", messageRef="A")
SIGNAL = event_of("signal", signalRef="S")
COSTLY = "{ f: function(k) if k <= 0 then 0 else f(k - 1), r: f(n * 20) }.r"
"""An input that takes more calls than it may where `n` is 4 or more."""
BOUND = '[service.all]\nconnector = "do"\n'


def test_a_message_that_a_service_sends_is_sent_before_the_end_event_terminates() -> None:
    world = run(
        start("start"),
        service("b"),
        end("all", event_of("terminate"), A),
        flows("start > all", "start > b"),
        bindings=BOUND,
    )
    assert world.waiting() == ["all", "b"]
    world.fail("all")
    assert world.waiting() == ["all", "b"], "what is not sent yet ends nothing"
    world.answer("all")
    assert world.ended
    world.check_fold()


def test_a_message_that_a_service_sends_is_sent_before_the_error_is_thrown() -> None:
    inside = (start("in"), undoable("a"), end("all", event_of("error", errorRef="E1"), A, SIGNAL))
    world = run(
        start("start"),
        stage("stage", *inside, flows("in > a > all")),
        boundary("failed", "stage", event_of("error", errorRef="E1")),
        service("then"),
        flows("start > stage", "failed > then"),
        bindings=BOUND,
    )
    moved = world.answer("a")
    assert [f.message.name for f in moved.facts if isinstance(f, Sent)] == ["S"]
    assert world.waiting() == ["all"]
    world.answer("all")
    assert world.waiting() == ["then"]
    world.check_fold()


def test_a_message_that_a_service_sends_is_sent_before_the_transaction_is_cancelled() -> None:
    inside = (start("in"), undoable("a"), end("all", event_of("cancel"), A))
    world = run(
        start("start"),
        tag("transaction", "deal", *inside, flows("in > a > all")),
        boundary("off", "deal", event_of("cancel")),
        service("then"),
        flows("start > deal", "off > then"),
        bindings=BOUND,
    )
    assert world.answer_all() == ["a", "all", "undo_a", "then"]
    assert world.ended


@pytest.mark.parametrize("event", [throw, end])
def test_what_others_hear_is_told_once_however_often_the_service_lacks_an_input(event: Any) -> None:
    world = run(
        start("start"),
        service("first"),
        event("all", A, SIGNAL),
        flows("start > first > all"),
        bindings=f"{BOUND}input = {{ x = '{COSTLY}' }}\n",
        n=9,
    )
    moves = [world.answer("first"), world.retry(), world.retry(), world.retry(n=1)]
    told = [[fact.message.name for fact in one.facts if isinstance(fact, Sent)] for one in moves]
    assert told == [[], [], [], ["S"]]
    assert world.waiting() == ["all"] and not world.instance.incidents
    world.check_fold()
