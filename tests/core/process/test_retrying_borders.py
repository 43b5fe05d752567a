"""Retrying goes on with the same activity: its border goes on as it did, whatever went off."""

from datetime import timedelta
from typing import Any

import pytest

from mtd.core.decision.feel import FeelError
from mtd.core.process.definition import Event, Person
from mtd.core.process.effect import Call, Timer, UserTask
from mtd.core.process.instance import Incident
from mtd.core.process.trigger import Retried
from tests.core.process.sketch import Sketch, after, message, variable
from tests.core.process.test_listening import follow, incidents
from tests.core.process.world import BEGAN, World

DUE = 10
"""Seconds after which a border's timer goes off."""
RHYTHM = 5


def guarded(*events: Event, interrupting: bool = False) -> Sketch:
    """A task with events at its border, each of which leads to a task of its own."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("work")
    sketch.add("endEvent", "end")
    sketch.chain("start", "work", "end")
    for number, event in enumerate(events):
        edge = f"edge{number}"
        sketch.add(
            "boundaryEvent", edge, attached_to="work", interrupting=interrupting, events=(event,)
        )
        sketch.person(f"do_{edge}")
        sketch.chain(edge, f"do_{edge}", "end")
    return sketch


def refused(sketch: Sketch, seconds: float) -> World:
    """So long after it began the work was refused, and nobody caught that."""
    world = World(sketch.definition())
    world.pass_time(seconds=seconds)
    world.refuse("work", "NO")
    assert incidents(world) == [("NO", "work")]
    return world


def timer(world: World, edge: str = "edge0") -> Timer:
    effect = world.at(edge).effect
    assert isinstance(effect, Timer)
    return effect


def test_a_timer_that_went_off_stays_off() -> None:
    world = refused(guarded(after(DUE)), DUE + 1)
    for _ in range(3):
        world.retry()
        assert world.waiting() == ["do_edge0", "work"]
        world.refuse("work", "NO")
    world.retry()
    world.pass_time(days=1)
    assert world.waiting() == ["do_edge0", "work"]
    world.answer("work")
    world.submit("do_edge0")
    assert world.ended
    world.check_fold()


def test_a_timer_that_still_runs_keeps_its_time() -> None:
    world = refused(guarded(after(DUE)), DUE - 4)
    before = world.at("edge0")
    world.pass_time(seconds=2)
    world.retry()
    assert world.at("edge0") == before
    assert timer(world).due == BEGAN + timedelta(seconds=DUE)


@pytest.mark.parametrize("interrupting", [False, True])
def test_a_timer_goes_off_at_its_time_while_a_person_is_awaited(interrupting: bool) -> None:
    world = refused(guarded(after(DUE), interrupting=interrupting), DUE - 4)
    world.pass_time(seconds=4)
    assert world.waiting() == ["do_edge0"]
    assert bool(world.instance.incidents) is not interrupting
    world.retry()
    assert world.waiting() == (["do_edge0"] if interrupting else ["do_edge0", "work"])
    world.check_fold()


@pytest.mark.parametrize("went_off", range(4))
def test_a_cycle_goes_on_with_what_is_left_of_it(went_off: int) -> None:
    world = refused(guarded(after(RHYTHM, 2)), went_off * RHYTHM + 1)
    world.retry()
    if went_off < 3:
        due = BEGAN + timedelta(seconds=RHYTHM * (went_off + 1))
        assert timer(world) == Timer(due, 2 - went_off)
    world.pass_time(seconds=10 * RHYTHM)
    assert world.waiting().count("do_edge0") == 3


def test_messages_required_together_that_came_are_not_awaited_again() -> None:
    sketch = guarded(message("A"))
    sketch.change("edge0", events=(message("A"), message("B")), parallel_multiple=True)
    world = World(sketch.definition())
    world.receive("edge0")
    world.refuse("work", "NO")
    world.retry()
    assert world.waiting() == ["edge0", "work"]
    world.receive("edge0")
    assert "do_edge0" in world.waiting()


def test_what_went_off_before_an_activity_could_begin_at_all_stays_off() -> None:
    """Its border listens from the first, though its own message has no key yet."""
    sketch = guarded(after(DUE))
    keyed = Event(kind="message", name="Late", key=variable("key"))
    sketch.change("work", work=None, kind="receiveTask", events=(keyed,))
    world = World(sketch.definition())
    assert incidents(world) == [("KEY_UNKNOWN", "work")] and world.waiting() == ["edge0"]
    world.pass_time(seconds=DUE)
    world.retry()
    assert world.waiting() == ["do_edge0"] and incidents(world) == [("KEY_UNKNOWN", "work")]
    world.retry(key="7")
    assert world.waiting() == ["do_edge0", "work"]


def test_a_border_that_could_not_listen_does_after_a_retry_and_only_then_is_armed() -> None:
    keyed = Event(kind="message", name="Alarm", key=variable("key"))
    world = World(guarded(after(DUE), keyed).definition())
    assert incidents(world) == [("KEY_UNKNOWN", "work")] and world.waiting() == []
    world.pass_time(seconds=DUE)
    world.retry()
    assert world.waiting() == []
    world.retry(key="7")
    assert world.waiting() == ["edge0", "edge1", "work"]
    assert timer(world).due == BEGAN + timedelta(seconds=2 * DUE)
    world.pass_time(seconds=DUE)
    world.refuse("work", "NO")
    world.retry()
    assert world.waiting() == ["do_edge0", "edge1", "work"]
    world.check_fold()


def test_several_tokens_that_an_activity_takes_are_one_that_is_armed_once() -> None:
    sketch = guarded(after(DUE))
    sketch.add("parallelGateway", "split")
    sketch.service("slow")
    sketch.flows.clear()
    sketch.chain("start", "split", "work", "end")
    sketch.chain("split", "slow", "work")
    sketch.chain("edge0", "do_edge0", "end")
    sketch.change("work", start_quantity=2)
    world = World(sketch.definition())
    world.pass_time(seconds=2 * DUE)
    assert world.waiting() == ["slow"]
    world.answer("slow")
    assert world.waiting() == ["edge0", "work"]
    world.pass_time(seconds=DUE)
    world.refuse("work", "NO")
    world.retry()
    assert world.waiting() == ["do_edge0", "work"]


def test_an_activity_that_is_come_to_anew_has_its_border_anew() -> None:
    """Round a loop it is another time of it; so it is for whoever moves a token back."""
    sketch = guarded(after(DUE))
    sketch.flows = [flow for flow in sketch.flows if flow[1] != "work"]
    sketch.add("exclusiveGateway", "more")
    sketch.chain("work", "more")
    sketch.flow("more", "work", "again", variable("again"))
    sketch.default("more", "end")
    world = refused(sketch, DUE)
    world.retry(again=True)
    world.answer("work")
    assert world.waiting() == ["do_edge0", "edge0", "work"]
    assert timer(world).due == BEGAN + timedelta(seconds=2 * DUE)


def test_who_follows_while_stuck_has_no_second_turn_of_what_went_off() -> None:
    world = refused(guarded(after(DUE)), DUE)
    new = guarded(after(DUE), after(3 * DUE))
    follow(world, new.definition())
    assert world.waiting() == ["do_edge0", "edge1"]
    world.retry()
    assert world.waiting() == ["do_edge0", "edge1", "work"]
    assert timer(world, "edge1").due == BEGAN + timedelta(seconds=4 * DUE)


def test_an_incident_of_an_older_row_is_retried_as_it_was_then() -> None:
    world = refused(guarded(after(DUE), after(3 * DUE)), DUE)
    (incident,) = world.instance.incidents.values()
    assert incident.armed
    older = Incident(*(getattr(incident, name) for name in incident.__struct_fields__[:8]))
    world.instance.incidents[older.id] = older
    listening = world.at("edge1")
    world.retry()
    assert world.waiting() == ["do_edge0", "edge0", "edge1", "work"]
    assert world.at("edge1") == listening


def asked(**more: Any) -> Sketch:
    """A person is asked, within ten seconds, and then goes where an answer says."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    person = Person(role="agent", due=after(DUE).schedule, **more)
    sketch.add("userTask", "ask", work=person)
    sketch.add("endEvent", "end")
    sketch.chain("start", "ask")
    sketch.flow("ask", "end", "yes", variable("yes"))
    return sketch


def test_what_a_person_did_is_not_asked_for_again_for_want_of_a_way() -> None:
    world = World(asked().definition())
    world.submit("ask", answer=7)
    assert incidents(world) == [("NO_WAY_OUT", "ask")] and world.waiting() == []
    world.retry()
    assert incidents(world) == [("NO_WAY_OUT", "ask")] and world.waiting() == []
    world.retry(yes=True)
    assert world.ended
    world.check_fold()


def test_a_message_that_came_is_not_awaited_again_for_want_of_a_way() -> None:
    sketch = asked()
    sketch.change("ask", kind="receiveTask", work=None, events=(message("A"),))
    world = World(sketch.definition())
    world.receive("ask")
    assert incidents(world) == [("NO_WAY_OUT", "ask")] and world.waiting() == []
    world.retry(yes=True)
    assert world.ended


def test_what_a_service_did_is_called_for_once_more_under_its_key() -> None:
    sketch = asked()
    sketch.service("ask")
    world = World(sketch.definition())
    call = world.at("ask", Call)
    world.answer("ask")
    assert incidents(world) == [("NO_WAY_OUT", "ask")]
    world.retry(yes=True)
    assert (world.at("ask").id, world.at("ask").nth) == (call.id, call.nth)
    world.answer("ask")
    assert world.ended


def test_a_person_who_is_asked_again_is_asked_for_the_same_time() -> None:
    """The answer could not be taken: a retry asks with what is known now."""

    def broken(variables: object, now: object) -> object:
        raise FeelError("no")

    sketch = asked(outputs={"yes": broken}, inputs={"shown": variable("n")})
    world = World(sketch.definition(), n=1)
    world.pass_time(seconds=4)
    world.submit("ask")
    assert incidents(world) == [("EXPRESSION_FAILED", "ask")]
    world.let(Retried(at=world.now, variables={"n": 2}))
    assert not incidents(world)
    (wait,) = world.instance.waits.values()
    assert isinstance(wait.effect, UserTask)
    assert wait.effect.due == BEGAN + timedelta(seconds=DUE)
    assert wait.effect.fields == {"shown": 2}
    world.check_fold()
