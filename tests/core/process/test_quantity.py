"""Start and completion quantity: tokens that an activity takes to begin, and gives when done."""

from typing import Any

from mtd.core.process.definition import Loop
from tests.core.process.sketch import Sketch, after, variable
from tests.core.process.world import World


def line(**work: Any) -> Sketch:
    """Two tasks at once, then `work`, then `next`."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    for name in ("a", "b"):
        sketch.service(name)
        sketch.chain("start", name, "work")
    sketch.service("work", **work)
    sketch.service("next")
    sketch.chain("work", "next")
    return sketch


def test_it_begins_once_enough_have_come_by_whichever_flow() -> None:
    world = World(line(start_quantity=2).definition())
    world.answer("a")
    assert world.waiting() == ["b"]
    world.answer("b")
    assert world.waiting() == ["work"] and len(world.instance.tokens) == 1
    world.answer("work")
    assert world.waiting() == ["next"]
    world.answer("next")
    assert world.ended
    world.check_fold()


def test_its_boundary_events_listen_from_then_on_only() -> None:
    sketch = line(start_quantity=2)
    sketch.add("boundaryEvent", "late", attached_to="work", events=(after(5),))
    sketch.service("hurry")
    sketch.chain("late", "hurry")
    world = World(sketch.definition())
    world.answer("a")
    world.pass_time(seconds=10)
    world.answer("b")
    assert world.waiting() == ["late", "work"]
    world.pass_time(seconds=5)
    assert world.waiting() == ["hurry"]
    world.check_fold()


def test_the_next_ones_are_another_activity() -> None:
    sketch = line(start_quantity=2)
    for _ in range(3):
        sketch.flow("start", "a")
    world = World(sketch.definition())
    for _ in range(4):
        world.answer("a")
    assert world.waiting() == ["b", "work", "work"]


def test_stuck_in_beginning_it_goes_on_with_what_it_took() -> None:
    loop = Loop(kind="multiInstance", sequential=False, collection=variable("lines"))
    world = World(line(start_quantity=2, loop=loop).definition())
    world.answer("a")
    world.answer("b")
    assert [i.code for i in world.instance.incidents.values()] == ["NO_COLLECTION"]
    world.retry(lines=[1, 2])
    assert world.waiting() == ["work", "work"]
    world.check_fold()


def test_what_never_comes_is_an_incident_and_no_silence() -> None:
    world = World(line(start_quantity=3).definition())
    world.answer("a")
    world.answer("b")
    (incident,) = world.instance.incidents.values()
    assert (incident.code, incident.element) == ("DEADLOCK", "work")
    world.check_fold()


def test_it_gives_as_many_tokens_along_every_flow() -> None:
    sketch = line(completion_quantity=3)
    sketch.service("beside")
    sketch.chain("work", "beside")
    world = World(sketch.definition())
    world.answer("a")
    world.answer("work")
    assert world.waiting() == ["b", *["beside"] * 3, *["next"] * 3]
