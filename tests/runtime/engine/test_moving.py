"""Moving: what one instance's part of a turn uses up, writes and leaves alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mtd.core.process.advance import born
from mtd.core.process.definition import Definition, Event, Service
from mtd.core.process.effect import Call
from mtd.core.process.instance import State
from mtd.core.process.outcome import Done, Refused
from mtd.core.process.trigger import Answered, Received, Retried, Start, Stopped, Trigger
from mtd.runtime.engine.happening import Happened, Happening
from mtd.runtime.engine.moving import move
from mtd.runtime.hands.intent import Answer, Intent
from mtd.runtime.memory.live import Live, is_set_aside
from mtd.runtime.settings.lifetimes import USUAL_S, lifetimes
from mtd.store.arriving.door import GRACE_S
from mtd.store.engine.turned import LIVE, NEVER, Consumed
from tests.core.process.sketch import Sketch, message
from tests.runtime.plant import chain, named

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ID = "01a20a93-50ea-76af-a390-4658f4e7de7c"


def begun(definition: Definition, **variables: Any) -> Live:
    live = Live(tenant=1, instance=born(ID, definition, "k"), definition=definition, began=False)
    step = move(happened(live, Start(at=NOW, variables=variables)), NOW)
    live.instance, live.began, live.wake_at = step.instance, True, step.turned.wake_at
    return live


def happened(live: Live, *triggers: Trigger | Happening) -> Happened:
    happenings = [t if isinstance(t, Happening) else Happening(trigger=t) for t in triggers]
    return Happened(live=live, happenings=happenings)


def guarded() -> Definition:
    """A call beside a wait for a message, both given up when the call is refused."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("subProcess", "both")
    sketch.add("startEvent", "in", "both")
    sketch.add("parallelGateway", "fork", "both")
    sketch.add("serviceTask", "call", "both", work=Service(connector="far.do"))
    sketch.add("intermediateCatchEvent", "wait", "both", events=(message("Paid"),))
    sketch.chain("in", "fork", "call")
    sketch.chain("fork", "wait")
    sketch.add("boundaryEvent", "no", attached_to="both", events=(Event(kind="error"),))
    sketch.add("intermediateCatchEvent", "rest", events=(message("Other"),))
    sketch.chain("start", "both")
    sketch.chain("no", "rest")
    return named(sketch, "guarded")


@pytest.mark.parametrize("refused", [True, False])
def test_a_message_whose_wait_was_closed_in_the_same_turn_is_not_used_up(refused: bool) -> None:
    live = begun(guarded())
    waits = live.instance.waits.values()
    call = next(wait.id for wait in waits if isinstance(wait.effect, Call))
    paid = next(wait.id for wait in waits if not isinstance(wait.effect, Call))
    outcome = Refused("NO", "no") if refused else Done()
    answer = Answered(at=NOW, wait=call, outcome=outcome)
    received = Happening(
        trigger=Received(at=NOW, wait=paid, name="Paid"), consumed=Consumed(messages=("m",))
    )
    moved = move(happened(live, answer, received), NOW)
    assert moved.turned.consumed.messages == (() if refused else ("m",))
    assert [entry.kind for entry in moved.turned.entries] == (
        ["answered"] if refused else ["answered", "received"]
    )
    assert moved.ignored == 0


def test_each_attempt_is_kept_with_the_row_of_its_own_answer() -> None:
    sketch = Sketch()
    for kind, id_ in (("startEvent", "start"), ("parallelGateway", "fork")):
        sketch.add(kind, id_)
    for id_ in ("a", "b"):
        sketch.add("serviceTask", id_, work=Service(connector="far.do"))
    sketch.add("intermediateCatchEvent", "wait", events=(message("Paid"),))
    sketch.chain("start", "fork")
    for id_ in ("a", "wait", "b"):
        sketch.chain("fork", id_)
    live = begun(named(sketch, "abreast"))
    waits = {wait.element: wait for wait in live.instance.waits.values()}

    def answered(element: str) -> Happening:
        answer = Answer(
            intent=Intent.of(live, waits[element]),
            at=NOW,
            took_ms=1.0,
            outcome=Done(),
            exchanges=(),
        )
        trigger = Answered(at=NOW, wait=waits[element].id, outcome=answer.outcome)
        return Happening(trigger=trigger, answer=answer)

    paid = Received(at=NOW, wait=waits["wait"].id, name="Paid")
    moved = move(happened(live, answered("b"), paid, answered("a")), NOW)
    rows = {entry.seq: (entry.kind, entry.element) for entry in moved.turned.entries}
    assert list(rows.values()) == [("answered", "b"), ("received", "wait"), ("answered", "a")]
    attempts = [(waits["a"].id, "a"), (waits["b"].id, "b")]
    assert sorted((one.wait, rows[one.seq][1]) for one in moved.turned.attempts) == attempts


def test_an_advance_that_fails_sets_its_instance_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    live = begun(chain("one", ["far.do"]))
    assert live.wake_at is LIVE

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("mtd.runtime.engine.moving.advance", broken)
    moved = move(happened(live, Answered(at=NOW, wait=2, outcome=Done())), NOW)
    assert is_set_aside(moved.instance)
    assert moved.turned.wake_at == NEVER
    live.instance, live.wake_at = moved.instance, LIVE
    assert live.waking(live.instance, NOW) == NEVER
    assert live.alarm() is None


def test_a_start_that_failed_is_begun_again_with_what_it_brought(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    definition = chain("one", ["far.do"])
    live = Live(tenant=1, instance=born(ID, definition, "k"), definition=definition, began=False)
    live.problem = "three workers died"
    moved = move(happened(live, Start(at=NOW, variables={"amount": 7})), NOW)
    assert is_set_aside(moved.instance) and moved.turned.wake_at == NEVER
    live.instance, live.began, live.wake_at, live.problem = moved.instance, True, NEVER, None
    stopped = move(happened(live, Stopped(at=NOW)), NOW)
    assert stopped.instance.state is State.TERMINATED
    again = move(happened(live, Retried(at=NOW)), NOW)
    assert [entry.kind for entry in again.turned.entries] == ["retried", "start"]
    assert again.turned.wake_at is LIVE and not again.instance.incidents
    assert again.instance.scopes[0].variables == {"amount": 7}
    assert len(again.instance.waits) == 1


def test_who_is_leaving_parks_with_its_calls_unless_they_fly() -> None:
    live = begun(chain("one", ["far.do"]))
    (wait,) = live.calls_due(NOW)
    live.flying.add(wait.id)
    live.leaving = True
    assert live.waking(live.instance, NOW) is LIVE
    live.flying.clear()
    assert live.waking(live.instance, NOW) == NOW
    assert live.calls_due(NOW) == []


def test_a_call_put_off_waits_in_the_database_only_if_for_long() -> None:
    live = begun(chain("one", ["far.do"]))
    (wait,) = live.calls_due(NOW)
    for seconds, parks in ((0.5, False), (1.5, True)):
        later = NOW + timedelta(seconds=seconds)
        live.resume[wait.id] = later
        assert live.waking(live.instance, NOW) == (later if parks else LIVE)
        assert live.alarm() == later
        assert live.calls_due(NOW) == []
        assert live.calls_due(later) == [wait]


def test_no_call_is_made_of_an_instance_whose_row_says_that_it_waits() -> None:
    live = begun(chain("one", ["far.do"]))
    live.wake_at = NOW
    assert live.calls_due(NOW) == []


def test_what_an_instance_sends_waits_as_long_as_its_name_says() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    for name in ("Dispatched", "CancelRequested", "Other"):
        sketch.add("intermediateThrowEvent", name, events=(message(name),))
    sketch.chain("start", "Dispatched", "CancelRequested", "Other")
    definition = named(sketch, "sender")
    live = Live(tenant=1, instance=born(ID, definition, "k"), definition=definition, began=False)
    known = lifetimes({"Dispatched": "P60D", "CancelRequested": "PT0S"})
    moved = move(happened(live, Start(at=NOW)), NOW, known)
    assert {one.message.name: one.ttl_s for one in moved.turned.sent} == {
        "Dispatched": 60 * 86_400.0,
        "CancelRequested": GRACE_S,
        "Other": USUAL_S,
    }
