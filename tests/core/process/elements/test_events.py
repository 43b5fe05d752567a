"""Events: boundary, intermediate, end, and those that start event sub-processes."""

import pytest

from mtd.core.process.definition import Event
from mtd.core.process.journal import Sent
from tests.core.process.sketch import Sketch, after, error, message
from tests.core.process.world import World


def guarded(interrupting: bool, *events: Event) -> Sketch:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("work")
    sketch.add("endEvent", "end")
    sketch.add(
        "boundaryEvent", "guard", attached_to="work", interrupting=interrupting, events=events
    )
    sketch.service("instead")
    sketch.chain("start", "work", "end")
    sketch.chain("guard", "instead")
    return sketch


def test_interrupting_boundary_takes_the_place_of_the_activity() -> None:
    world = World(guarded(True, after(60)).definition())
    assert world.waiting() == ["guard", "work"]
    world.pass_time(seconds=60)
    assert world.waiting() == ["instead"]
    world.check_fold()


def test_boundary_stops_listening_when_the_activity_is_done() -> None:
    world = World(guarded(True, after(60)).definition())
    world.answer("work")
    assert world.ended


def test_non_interrupting_boundary_adds_a_token_each_time() -> None:
    world = World(guarded(False, message("Note")).definition())
    world.receive("guard")
    world.receive("guard")
    assert world.waiting() == ["guard", "instead", "instead", "work"]
    world.answer("work")
    assert world.waiting() == ["instead", "instead"]
    world.check_fold()


def test_cycle_fires_as_often_as_it_says() -> None:
    world = World(guarded(False, after(60, left=2)).definition())
    world.pass_time(seconds=600)
    assert world.waiting() == ["instead"] * 3 + ["work"]


@pytest.mark.parametrize(
    ("code", "caught"), [("A", "exact"), ("B", "any")], ids=["exact code", "any code"]
)
def test_error_prefers_its_own_code(code: str, caught: str) -> None:
    sketch = guarded(True, error("OTHER"))
    for name, event in (("any", error()), ("exact", error("A"))):
        sketch.add("boundaryEvent", name, attached_to="work", events=(event,))
        sketch.service(f"after_{name}")
        sketch.chain(name, f"after_{name}")
    world = World(sketch.definition())
    world.refuse("work", code)
    assert world.waiting() == [f"after_{caught}"]
    assert world.instance.scopes[0].variables["error_code"] == code


def test_error_nobody_catches_is_an_incident() -> None:
    world = World(guarded(True, error("OTHER")).definition())
    world.refuse("work", "A")
    assert [i.code for i in world.instance.incidents.values()] == ["A"]
    world.retry()
    assert world.waiting() == ["work"]


def nested() -> Sketch:
    """A sub-process whose error end is caught at its border; inside, a handler for HANDLED."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("subProcess", "stage")
    sketch.add("startEvent", "in", "stage")
    sketch.service("work", "stage")
    sketch.service("beside", "stage")
    sketch.add("endEvent", "failed", "stage", events=(error("FAILED"),))
    sketch.flow("in", "work")
    sketch.flow("in", "beside")
    sketch.chain("work", "failed")
    sketch.add("boundaryEvent", "border", attached_to="stage", events=(error("FAILED"),))
    sketch.service("repair")
    sketch.service("next")
    sketch.chain("start", "stage", "next")
    sketch.chain("border", "repair")
    sketch.add("subProcess", "handler", "stage")
    sketch.add("eventSubProcess", "alarm", "handler", events=(error("HANDLED"),))
    sketch.service("handle", "handler")
    sketch.chain("alarm", "handle")
    return sketch


def test_error_end_event_cancels_the_sub_process() -> None:
    world = World(nested().definition())
    assert world.waiting() == ["beside", "work"]
    world.answer("work")
    assert world.waiting() == ["repair"]
    world.check_fold()


def test_error_event_sub_process_takes_the_place_of_its_scope() -> None:
    world = World(nested().definition())
    world.refuse("beside", "HANDLED")
    assert world.waiting() == ["handle"]
    world.answer("handle")
    assert world.waiting() == ["next"]
    world.check_fold()


def test_event_sub_process_does_not_catch_its_own_error() -> None:
    world = World(nested().definition())
    world.refuse("beside", "HANDLED")
    world.refuse("handle", "HANDLED")
    assert [i.code for i in world.instance.incidents.values()] == ["HANDLED"]


def beside(interrupting: bool) -> World:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("work")
    sketch.chain("start", "work")
    sketch.add("subProcess", "handler")
    sketch.add(
        "eventSubProcess", "call", "handler", events=(message("Call"),), interrupting=interrupting
    )
    sketch.service("handle", "handler")
    sketch.chain("call", "handle")
    return World(sketch.definition())


def test_non_interrupting_event_sub_process_runs_beside_and_is_waited_for() -> None:
    world = beside(interrupting=False)
    world.receive("call")
    world.receive("call")
    assert world.waiting() == ["call", "handle", "handle", "work"]
    world.answer("work")
    assert not world.ended
    world.answer("handle")
    world.answer("handle")
    assert world.ended
    world.check_fold()


def test_interrupting_event_sub_process_ends_its_scope_and_is_heard_once() -> None:
    world = beside(interrupting=True)
    world.receive("call")
    assert world.waiting() == ["handle"]
    world.answer("handle")
    assert world.ended
    world.check_fold()


def test_terminate_ends_its_scope_and_nothing_above() -> None:
    sketch = nested()
    sketch.add("endEvent", "stop", "stage", events=(Event(kind="terminate"),))
    sketch.chain("beside", "stop")
    world = World(sketch.definition())
    world.answer("beside")
    assert world.waiting() == ["next"]
    world.check_fold()


def test_message_end_event_sends_in_the_same_step() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("work")
    sketch.add("endEvent", "tell", events=(message("Told", "key-1"),))
    sketch.chain("start", "work", "tell")
    world = World(sketch.definition())
    moved = world.answer("work")
    (sent,) = [fact for fact in moved.facts if isinstance(fact, Sent)]
    assert (sent.message.name, sent.message.key) == ("Told", "key-1")
    assert world.ended


def test_parallel_multiple_waits_for_all_of_its_events() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add(
        "intermediateCatchEvent",
        "both",
        events=(message("A"), message("B")),
        parallel_multiple=True,
    )
    sketch.chain("start", "both")
    world = World(sketch.definition())
    world.receive("both")
    assert world.waiting() == ["both"]
    world.receive("both")
    assert world.ended
    world.check_fold()


def test_a_key_that_no_index_can_hold_is_an_incident() -> None:
    for kind in ("receiveTask", "sendTask"):
        sketch = Sketch()
        sketch.add("startEvent", "start")
        sketch.add(kind, "note", events=(message("Paid", "k" * 501),))
        sketch.chain("start", "note")
        (incident,) = World(sketch.definition()).instance.incidents.values()
        assert (incident.code, incident.element) == ("KEY_TOO_LONG", "note")
        assert "more than 500 characters" in incident.message
