"""Timers that recur: one whose next time cannot be found loses neither firing nor rhythm."""

from datetime import timedelta

import pytest

from mtd.core.process.definition import Event
from mtd.core.process.effect import Subscription, Timer
from mtd.core.process.trigger import Received, Retried
from tests.core.process.sketch import Sketch, after, message, variable
from tests.core.process.test_listening import Drawing, beside, follow, incidents, plain
from tests.core.process.world import BEGAN, World

LEFT = 3
"""Firings after the first."""
RHYTHM = 5
"""Seconds between them."""


def recurring(left: int | None = LEFT) -> Event:
    """Every five seconds, unless the time is not known."""
    then = after(RHYTHM, left).schedule
    assert then is not None
    return Event(
        kind="timer",
        schedule=lambda seen, now: None if seen["broken"] else then(seen, now),
    )


def at_border(event: Event) -> Sketch:
    """A task with an event at its border that leads to another one."""
    sketch = plain()
    sketch.add("boundaryEvent", "tick", attached_to="work", interrupting=False, events=(event,))
    sketch.service("do_tick")
    sketch.chain("tick", "do_tick")
    return sketch


def in_scope(event: Event) -> Sketch:
    """The same as an event sub-process."""
    sketch = plain()
    beside(sketch, "tick", event)
    return sketch


BOTH = pytest.mark.parametrize("draw", [at_border, in_scope])


@BOTH
@pytest.mark.parametrize("left", [LEFT, None], ids=["so often", "for ever"])
@pytest.mark.parametrize("before", range(LEFT))
def test_a_time_that_cannot_be_found_costs_no_firing_and_keeps_the_rhythm(
    before: int, left: int | None, draw: Drawing
) -> None:
    world = World(draw(recurring(left)).definition(), broken=False)
    call = world.at("work")
    world.pass_time(seconds=RHYTHM * before + 1)
    world.change(broken=True)
    world.pass_time(seconds=RHYTHM)
    assert world.waiting().count("do_tick") == before + 1, "what fell due began"
    for _ in range(2):
        assert incidents(world) == [("TIMER_UNKNOWN", "tick")]
        world.retry()
    world.retry(broken=False)
    assert not incidents(world)
    expected = None if left is None else left - before - 1
    due = BEGAN + timedelta(seconds=RHYTHM * (before + 2))
    assert world.at("tick").effect == Timer(due, expected)
    world.pass_time(seconds=RHYTHM * 10)
    fired = world.waiting().count("do_tick")
    assert fired == (LEFT + 1 if left is not None else before + 1 + 10)
    assert world.at("work") == call
    world.check_fold()


@BOTH
def test_the_last_firing_needs_no_next_time(draw: Drawing) -> None:
    world = World(draw(recurring(0)).definition(), broken=False)
    world.change(broken=True)
    world.pass_time(seconds=RHYTHM)
    assert not incidents(world)
    assert world.waiting() == ["do_tick", "work"]


def test_an_activity_that_is_done_needs_no_next_time() -> None:
    world = World(at_border(recurring()).definition(), broken=False)
    world.change(broken=True)
    world.pass_time(seconds=RHYTHM)
    world.answer("work")
    assert not incidents(world)
    world.check_fold()


def test_an_activity_that_is_entered_anew_leaves_its_event_to_the_other_retry() -> None:
    sketch = at_border(recurring())
    world = World(sketch.definition(), broken=False)
    world.change(broken=True)
    world.pass_time(seconds=RHYTHM)
    world.refuse("work", "NO")
    assert incidents(world) == [("TIMER_UNKNOWN", "tick"), ("NO", "work")]
    world.let(
        Retried(at=world.now, incident=max(world.instance.incidents), variables={"broken": False})
    )
    assert world.waiting() == ["do_tick", "work"]
    world.retry()
    assert world.waiting() == ["do_tick", "tick", "work"]
    assert world.at("tick").effect == Timer(BEGAN + timedelta(seconds=2 * RHYTHM), LEFT - 1)


def test_of_two_scopes_of_one_drawing_the_one_in_trouble_alone_listens_again() -> None:
    """The timer of the other has fired as often as it may."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("first")
    sketch.add("subProcess", "inside")
    sketch.add("startEvent", "in", "inside")
    sketch.service("work", "inside")
    sketch.chain("in", "work")
    sketch.chain("start", "inside")
    sketch.chain("start", "first", "inside")
    beside(sketch, "tick", recurring(1), parent="inside")
    world = World(sketch.definition(), broken=False)
    world.pass_time(seconds=3 * RHYTHM)
    assert world.waiting() == ["do_tick", "do_tick", "first", "work"]
    world.answer("first")
    second = max(world.instance.scopes)
    world.change(broken=True)
    world.pass_time(seconds=RHYTHM)
    assert incidents(world) == [("TIMER_UNKNOWN", "tick")]
    world.retry(broken=False)
    assert [w.scope for w in world.instance.waits.values() if w.element == "tick"] == [second]


def test_a_version_that_has_no_timer_there_leaves_the_rest_of_the_event_alone() -> None:
    """A message still awaited keeps the event from being taken for another one."""
    both = in_scope(recurring())
    both.change("tick", events=(message("Note"), recurring()))
    world = World(both.definition(), broken=False)
    world.change(broken=True)
    world.pass_time(seconds=RHYTHM)
    follow(world, in_scope(message("Note")).definition())
    assert incidents(world) == [("TIMER_UNKNOWN", "tick")]
    world.retry()
    assert not incidents(world)
    assert [type(w.effect) for w in world.instance.waits.values() if w.element == "tick"] == [
        Subscription
    ]


@BOTH
def test_events_that_are_required_together_may_not_be_found_again(draw: Drawing) -> None:
    keyed = Event(kind="message", name="Note", key=variable("key"))
    sketch = draw(keyed)
    sketch.change("tick", events=(keyed, message("Other")), parallel_multiple=True)
    world = World(sketch.definition(), key="7")
    note, other = [one for one in world.instance.waits.values() if one.element == "tick"]
    world.let(Received(at=world.now, wait=note.id, name="Note", payload={}))
    world.change(key=None)
    world.let(Received(at=world.now, wait=other.id, name="Other", payload={}))
    assert incidents(world) == [("KEY_UNKNOWN", "tick")]
    assert world.waiting() == ["do_tick", "work"]
    world.retry(key="8")
    assert world.waiting() == ["do_tick", "tick", "tick", "work"]
    world.check_fold()
