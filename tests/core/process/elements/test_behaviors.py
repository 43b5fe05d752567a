"""Multi-instance behaviors: what is told of each body, of the first, or where a condition holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mtd.core.process.definition import Event, Loop
from mtd.core.process.journal import Sent
from tests.core.process.drawn import chain, definition
from tests.core.process.elements.test_loops import LINES, looped, multi, two_are_done
from tests.core.process.sketch import Sketch
from tests.core.process.world import World

ATTRIBUTES = (
    "numberOfInstances",
    "numberOfActiveInstances",
    "numberOfCompletedInstances",
    "numberOfTerminatedInstances",
)


def counted(variables: Mapping[str, Any], _: datetime) -> list[int]:
    return [variables[name] for name in ATTRIBUTES]


def observed(loop: Loop, **border: Any) -> World:
    """An activity of two bodies or more with an event at its border, before `after`."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("work", loop=loop)
    sketch.service("after")
    sketch.chain("start", "work", "after")
    sketch.add("boundaryEvent", "told", attached_to="work", **border)
    sketch.service("look")
    sketch.chain("told", "look")
    return World(sketch.definition(), lines=[1, 2, 3])


TOLD = (Event(kind="signal", name="Told", payload={"counts": counted}),)


def test_none_tells_of_each_body_with_the_attributes() -> None:
    thrown = (Event(kind="signal", name="Told"),)
    world = observed(multi(**LINES, behavior="None", on_none=thrown), events=TOLD)
    world.answer("work")
    assert world.waiting() == ["look", "told", "work", "work"]
    assert world.instance.scopes[0].variables["counts"] == [3, 2, 1, 0]
    world.answer("work")
    world.answer("work")
    assert world.waiting() == ["after", "look", "look", "look"]
    world.check_fold()


def test_one_tells_of_the_first_body_by_a_signal_without_a_name() -> None:
    default = (Event(kind="signal"),)
    world = observed(multi(**LINES, behavior="One", on_one=default), events=TOLD)
    for _ in range(3):
        world.answer("work")
    assert world.waiting() == ["after", "look"]


def test_all_tells_of_nothing() -> None:
    world = observed(multi(**LINES, behavior="All"), events=TOLD)
    for _ in range(3):
        world.answer("work")
    assert world.waiting() == ["after"]


def test_complex_tells_where_a_condition_holds_and_ends_the_rest() -> None:
    events = (Event(kind="escalation", name="ENOUGH", payload={"counts": counted}),)
    thrown = ((two_are_done, Event(kind="escalation", name="ENOUGH")),)
    world = observed(multi(**LINES, behavior="Complex", complex=thrown), events=events)
    world.answer("work")
    assert world.waiting() == ["work", "work"]
    world.answer("work")
    assert world.waiting() == ["after", "look"]
    assert world.instance.scopes[0].variables["counts"] == [3, 0, 2, 1]
    world.check_fold()


def test_what_no_border_catches_others_may_hear() -> None:
    thrown = (Event(kind="signal", name="Done one"),)
    world = looped(multi(**LINES, behavior="One", on_one=thrown), lines=[1])
    moved = world.answer("work")
    assert [f.message.name for f in moved.facts if isinstance(f, Sent)] == ["Done one"]


ITEMS = (
    '<startEvent id="s"/><serviceTask id="x.a" name="A">'
    '<multiInstanceLoopCharacteristics behavior="{}" {}>{}</multiInstanceLoopCharacteristics>'
    '</serviceTask><boundaryEvent id="b" attachedToRef="x.a" name="Told"><signalEventDefinition/>'
    '</boundaryEvent><manualTask id="t"/>' + chain("s", "x.a") + chain("b", "t")
)


def told(behavior: str, refs: str = "", inside: str = "") -> World:
    cardinality = "<loopCardinality>2</loopCardinality>"
    process = f'<process id="p">{ITEMS.format(behavior, refs, cardinality + inside)}</process>'
    roots = '<signal id="sig" name="Told"/><signalEventDefinition id="def" signalRef="sig"/>'
    return World(definition(roots + process))


def test_behaviors_are_compiled_with_their_events() -> None:
    complex_ = (
        "<complexBehaviorDefinition><condition>numberOfCompletedInstances = 1</condition>"
        '<event><signalEventDefinition signalRef="sig"/></event></complexBehaviorDefinition>'
    )
    for world, answers, seen in (
        (told("One"), 2, 1),
        (told("One", 'oneBehaviorEventRef="def"'), 2, 1),
        (told("None", 'noneBehaviorEventRef="def"'), 2, 2),
        (told("All"), 2, 0),
        (told("Complex", "", complex_), 1, 1),
    ):
        for _ in range(answers):
            assert not world.ended
            world.answer("x.a")
        assert world.ended and world.visited().count("b") == seen
